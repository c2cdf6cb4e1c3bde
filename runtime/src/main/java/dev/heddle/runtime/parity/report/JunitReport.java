package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.TensorComparison;
import java.io.StringWriter;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A report for what shows test results: a suite per section, a case per tensor and per finding. Notes are in the
 * suite's output.
 */
public final class JunitReport {
    private final XMLStreamWriter xml;

    private JunitReport(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /** The whole report, UTF-8. */
    public static String render(ParityReport report) {
        var text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            new JunitReport(xml).write(report);
            xml.flush();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing to memory", e);
        }
        return text.toString();
    }

    private void write(ParityReport report) throws XMLStreamException {
        boolean empty = report.judged() == 0;
        xml.writeStartDocument("UTF-8", "1.0");
        line();
        xml.writeStartElement("testsuites");
        xml.writeAttribute("name", "heddle parity");
        counts(
                report.sections().stream().mapToLong(JunitReport::cases).sum() + (empty ? 1 : 0),
                report.sections().stream().mapToLong(JunitReport::failures).sum() + (empty ? 1 : 0));
        for (Section section : report.sections()) {
            suite(section);
        }
        if (empty) {
            nothingCompared(report);
        }
        line();
        xml.writeEndElement();
        line();
        xml.writeEndDocument();
    }

    /** A suite without a case would pass. */
    private void nothingCompared(ParityReport report) throws XMLStreamException {
        startSuite("verdict", 1, 1);
        testCase("verdict", "comparison", false, Verdict.of(report));
        endSuite();
    }

    private void suite(Section section) throws XMLStreamException {
        startSuite(section.name(), cases(section), failures(section));
        for (TensorComparison comparison : section.comparisons()) {
            testCase(section.name(), comparison.name(), comparison.passed(), comparison.line());
        }
        for (Finding finding : judged(section)) {
            testCase(
                    section.name(),
                    finding.where(),
                    finding.status() == Finding.Status.PASS,
                    finding.where() + ": " + finding.text());
        }
        output(section);
        endSuite();
    }

    private void output(Section section) throws XMLStreamException {
        line();
        xml.writeStartElement("system-out");
        for (Finding finding : section.findings()) {
            if (finding.status() == Finding.Status.NOTE) {
                xml.writeCharacters("note: " + VisibleText.of(finding.where() + ": " + finding.text()) + "\n");
            }
        }
        if (section.leftOut() > 0) {
            xml.writeCharacters(section.leftOut() + " more were judged and are not listed\n");
        }
        xml.writeEndElement();
    }

    private void startSuite(String name, long cases, long failures) throws XMLStreamException {
        line();
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", VisibleText.of(name));
        counts(cases, failures);
    }

    private void endSuite() throws XMLStreamException {
        line();
        xml.writeEndElement();
    }

    private void testCase(String suite, String name, boolean passed, String text) throws XMLStreamException {
        line();
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", VisibleText.of(suite));
        xml.writeAttribute("name", VisibleText.of(name));
        if (!passed) {
            xml.writeStartElement("failure");
            xml.writeAttribute("type", "parity");
            xml.writeAttribute("message", VisibleText.of(text));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private void counts(long cases, long failures) throws XMLStreamException {
        xml.writeAttribute("tests", Long.toString(cases));
        xml.writeAttribute("failures", Long.toString(failures));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("skipped", "0");
    }

    private void line() throws XMLStreamException {
        xml.writeCharacters("\n");
    }

    /** Of those that are listed; the counts of a suite are those of its cases. */
    private static long cases(Section section) {
        return section.comparisons().size() + judged(section).size();
    }

    private static long failures(Section section) {
        long tensors = section.comparisons().stream()
                .filter(comparison -> !comparison.passed())
                .count();
        return tensors
                + judged(section).stream()
                        .filter(finding -> finding.status() == Finding.Status.FAIL)
                        .count();
    }

    private static List<Finding> judged(Section section) {
        return section.findings().stream()
                .filter(finding -> finding.status() != Finding.Status.NOTE)
                .toList();
    }
}

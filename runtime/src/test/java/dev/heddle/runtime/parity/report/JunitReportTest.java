package dev.heddle.runtime.parity.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Inputs;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.parity.TensorComparer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class JunitReportTest {
    private static Element parsed(ParityReport report) throws Exception {
        byte[] xml = JunitReport.render(report).getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml))
                .getDocumentElement();
    }

    private static List<Element> all(Element parent, String name) {
        NodeList nodes = parent.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    @Test
    void report_isASuitePerSection() {
        assertThat(JunitReport.render(SampleReports.small())).isEqualTo("""
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="heddle parity" tests="5" failures="3" errors="0" skipped="0">
                <testsuite name="outputs" tests="3" failures="2" errors="0" skipped="0">
                <testcase classname="outputs" name="logits"></testcase>
                <testcase classname="outputs" name="present.0.key"><failure type="parity" message="present.0.key: 1 of 2 differ, worst at [1]: expected 2.000000, got 2.500000 (abs 5e-1 &gt; 1e-3)"></failure></testcase>
                <testcase classname="outputs" name="present.1.key"><failure type="parity" message="present.1.key: expected float32 [2], got nothing"></failure></testcase>
                <system-out></system-out>
                </testsuite>
                <testsuite name="causality" tests="2" failures="1" errors="0" skipped="0">
                <testcase classname="causality" name="token 3"></testcase>
                <testcase classname="causality" name="token 5"><failure type="parity" message="token 5: output 4 moved by 1e-3"></failure></testcase>
                <system-out>note: layer 0: window 8
                </system-out>
                </testsuite>
                </testsuites>
                """);
    }

    @Test
    void counts_areThoseOfTheCases() throws Exception {
        Element root = parsed(SampleReports.full());

        assertThat(root.getAttribute("tests"))
                .isEqualTo("" + all(root, "testcase").size())
                .isEqualTo("91");
        assertThat(root.getAttribute("failures"))
                .isEqualTo("" + all(root, "failure").size())
                .isEqualTo("28");
        assertThat(all(root, "testsuite")).hasSize(3).allSatisfy(suite -> {
            assertThat(suite.getAttribute("tests"))
                    .isEqualTo("" + all(suite, "testcase").size());
            assertThat(suite.getAttribute("failures"))
                    .isEqualTo("" + all(suite, "failure").size());
        });
    }

    /** A suite has no more cases than a reader can take in. */
    @Test
    void casesThatAreNotListed_areCountedInTheOutput() throws Exception {
        var many = new SectionBuilder("many", TensorComparer.of(Precision.FLOAT32));
        IntStream.range(0, SectionBuilder.KEPT + 7).forEach(i -> many.add(Finding.pass("check " + i, "equal")));
        var report = new ParityReport(Side.of("a"), Side.of("b"), Inputs.of("-"), List.of(many.build()));

        Element root = parsed(report);

        assertThat(all(root, "testcase")).hasSize(SectionBuilder.KEPT);
        assertThat(all(root, "system-out"))
                .extracting(Element::getTextContent)
                .containsExactly("7 more were judged and are not listed\n");
    }

    @Test
    void hostileNames_areNoMarkup() throws Exception {
        Element root = parsed(SampleReports.full());

        assertThat(all(root, "*"))
                .extracting(Element::getTagName)
                .containsOnly("testsuite", "testcase", "failure", "system-out");
        assertThat(all(root, "testcase"))
                .extracting(test -> test.getAttribute("name"))
                .contains(SampleReports.HOSTILE.get(0), SampleReports.HOSTILE.get(3))
                .contains("line\\nbreak\\ttab\\rreturn \\u{0} \\u{1b}[31mred\\u{1b}[0m \\u{202e}esrever \\u{d800}");
    }

    @Test
    void nothingCompared_isAFailure() throws Exception {
        var empty = new ParityReport(Side.of("a"), Side.of("b"), Inputs.of("-"), List.<Section>of());

        Element root = parsed(empty);

        assertThat(root.getAttribute("tests")).isEqualTo("1");
        assertThat(all(root, "failure"))
                .extracting(failure -> failure.getAttribute("message"))
                .containsExactly("NOTHING COMPARED");
    }
}

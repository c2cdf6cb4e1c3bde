package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.ErrorStatistics;
import dev.heddle.runtime.parity.Figures;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Illustration;
import dev.heddle.runtime.parity.Inputs;
import dev.heddle.runtime.parity.LogitAgreement;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.parity.WorstElement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A report for a terminal: tables, worst first. */
public final class TextReport {
    private static final int NAME_WIDTH = 48;
    private static final int TEXT_WIDTH = 200;
    private static final int WHERE_WIDTH = 100;
    private static final int TOKENS = 12;

    /** Failed tensors that get a line beside their row. */
    private static final int EXPLAINED = 3;

    private static final int SHOWN_PASSES = 3;

    private final ParityReport report;
    private final int rows;
    private final List<String> lines = new ArrayList<>();

    private TextReport(ParityReport report, int rows) {
        this.report = report;
        this.rows = rows;
    }

    /**
     * The whole report, each line ended by a newline.
     *
     * @param rows tensors and findings shown of each section, at least 0; the others are counted
     */
    public static String render(ParityReport report, int rows) {
        return new TextReport(report, rows).render();
    }

    private String render() {
        lines.add("expected   " + side(report.expected()));
        lines.add("actual     " + side(report.actual()));
        lines.add("inputs     " + inputs(report.inputs()));
        report.sections().forEach(this::section);
        lines.add("");
        report.sections().stream()
                .flatMap(section -> section.tolerances().stream())
                .distinct()
                .forEach(line -> lines.add("tolerance  " + line));
        lines.add(Verdict.of(report));
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static String side(Side side) {
        Set<String> parts = new LinkedHashSet<>(List.of(side.provider(), side.operators(), side.dtype()));
        parts.remove("-");
        String rest = parts.isEmpty() ? "" : ", " + String.join(", ", parts);
        return VisibleText.of(side.what() + rest);
    }

    private static String inputs(Inputs inputs) {
        if (inputs.shape().isEmpty()) {
            return VisibleText.of(inputs.origin());
        }
        String first =
                inputs.tokens().stream().limit(TOKENS).map(String::valueOf).collect(Collectors.joining(" "));
        String more = inputs.tokens().size() > TOKENS ? " ..." : "";
        return "%s, %s: %s%s".formatted(VisibleText.of(inputs.origin()), inputs.shape(), first, more);
    }

    private void section(Section section) {
        lines.add("");
        lines.add(VisibleText.of(section.name()) + ": " + Verdict.of(section));
        findings(section);
        List<TensorComparison> shown = head(WorstFirst.comparisons(section));
        if (!shown.isEmpty()) {
            table(shown);
        }
        shown.forEach(this::agreement);
        shown.stream()
                .filter(comparison -> !comparison.passed())
                .limit(EXPLAINED)
                .forEach(comparison -> lines.add("  " + VisibleText.of(comparison.line(), TEXT_WIDTH)));
        rest(shown, section.failedTensors(), section.passedTensors());
        section.illustrations().stream()
                .filter(Illustration.Growth.class::isInstance)
                .map(Illustration.Growth.class::cast)
                .forEach(growth -> lines.add("  " + GrowthLine.of(growth)));
    }

    /** Passed ones are only counted if they are many. */
    private void findings(Section section) {
        boolean manyPass = section.passedFindings() > SHOWN_PASSES;
        List<Finding> findings = head(WorstFirst.findings(section).stream()
                .filter(finding -> !manyPass || finding.status() != Finding.Status.PASS)
                .toList());
        findings.forEach(finding -> lines.add("  %s  %s: %s"
                .formatted(
                        finding.status().toString().toLowerCase(Locale.ROOT),
                        VisibleText.of(finding.where(), WHERE_WIDTH),
                        VisibleText.of(finding.text(), TEXT_WIDTH))));
        long hidden = section.failedFindings()
                + section.notes()
                + (manyPass ? 0 : section.passedFindings())
                - findings.size();
        if (hidden > 0) {
            lines.add("  and " + hidden + " more findings");
        }
        if (manyPass) {
            lines.add("  pass  " + section.passedFindings() + " findings");
        }
    }

    private <T> List<T> head(List<T> things) {
        return things.subList(0, Math.min(rows, things.size()));
    }

    private void table(List<TensorComparison> comparisons) {
        TextTable table = new TextTable(
                "  ",
                "tensor",
                "of bound",
                "max abs",
                "p99 abs",
                "max rel",
                "L2 rel",
                "SNR dB",
                "0-1 ulp",
                "cosine",
                "worst at",
                "expected",
                "actual");
        table.alignRight(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        comparisons.forEach(comparison -> table.row(row(comparison)));
        lines.addAll(table.lines());
    }

    private static List<String> row(TensorComparison comparison) {
        String mark = comparison.passed() ? "  " : "!!";
        String name = VisibleText.of(comparison.name(), NAME_WIDTH);
        if (!(comparison instanceof TensorComparison.Values values)) {
            List<String> row = new ArrayList<>(List.of(mark, name, Figures.error(comparison.severity())));
            while (row.size() < 13) {
                row.add("-");
            }
            return row;
        }
        ErrorStatistics errors = values.errors();
        WorstElement worst = values.worst().get(0);
        return List.of(
                mark,
                name,
                Figures.error(values.severity()),
                Figures.error(errors.absolute().max()),
                Figures.error(errors.absolute().p99()),
                Figures.error(errors.relative().max()),
                Figures.error(errors.l2Relative()),
                Numbers.decibels(errors.snrDecibels()),
                Numbers.share(
                        errors.ulps().counts().get(0) + errors.ulps().counts().get(1), errors.count()),
                Numbers.cosine(errors.cosine()),
                worst.place(),
                Figures.value(worst.expected()),
                Figures.value(worst.actual()));
    }

    private void agreement(TensorComparison comparison) {
        if (comparison instanceof TensorComparison.Values values
                && values.logits().rows() > 0) {
            lines.add("  %s: %s".formatted(VisibleText.of(values.name(), NAME_WIDTH), agreement(values.logits())));
        }
    }

    private static String agreement(LogitAgreement logits) {
        String topK = logits.topK().stream()
                .map(top -> "top-%d Jaccard mean %s min %s, "
                        .formatted(top.k(), Numbers.jaccard(top.meanJaccard()), Numbers.jaccard(top.minJaccard())))
                .collect(Collectors.joining());
        return "%s; %sKL mean %s max %s"
                .formatted(
                        logits.argmax(),
                        topK,
                        Figures.error(logits.kl().mean()),
                        Figures.error(logits.kl().max()));
    }

    private void rest(List<TensorComparison> shown, long failed, long passed) {
        long shownFailures =
                shown.stream().filter(comparison -> !comparison.passed()).count();
        long failing = failed - shownFailures;
        long passing = passed - (shown.size() - shownFailures);
        if (failing + passing > 0) {
            String failures = failing == 0 ? "" : failing + " more fail" + (passing == 0 ? "" : ", ");
            lines.add("  and " + failures + (passing == 0 ? "" : passing + " more pass"));
        }
    }
}

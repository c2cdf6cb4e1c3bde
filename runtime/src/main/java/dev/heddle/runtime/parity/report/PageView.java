package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Inputs;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Side;
import java.util.List;
import java.util.stream.Collectors;

/** A report as the page's template shows it: texts and numbers, nothing left to compute. */
record PageView(
        String verdict,
        boolean passed,
        Side expected,
        Side actual,
        String inputs,
        String tokens,
        List<SectionView> sections) {

    static PageView of(ParityReport report) {
        List<SectionView> sections =
                report.sections().stream().map(SectionView::of).toList();
        return new PageView(
                Verdict.of(report),
                report.passed(),
                visible(report.expected()),
                visible(report.actual()),
                inputs(report.inputs()),
                report.inputs().tokens().stream().map(String::valueOf).collect(Collectors.joining(" ")),
                sections);
    }

    private static Side visible(Side side) {
        return new Side(
                VisibleText.of(side.what()),
                VisibleText.of(side.provider()),
                VisibleText.of(side.operators()),
                VisibleText.of(side.dtype()));
    }

    private static String inputs(Inputs inputs) {
        String shape = inputs.shape().isEmpty() ? "" : ", " + inputs.shape();
        return VisibleText.of(inputs.origin()) + shape;
    }
}

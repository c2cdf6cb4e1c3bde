package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Illustration;
import dev.heddle.runtime.parity.Section;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A section of the page.
 *
 * @param worst largest error as part of its bound
 * @param findings failures and notes
 * @param passes the other findings
 * @param maps those of one illustration together
 */
record SectionView(
        String name,
        String verdict,
        boolean passed,
        String precision,
        List<String> tolerances,
        String counts,
        String worst,
        List<RowView> rows,
        List<FindingView> findings,
        List<FindingView> passes,
        Optional<DepthChart> chart,
        List<GrowthChart> growths,
        List<List<HeatMap>> maps,
        List<GraphDrawing> graphs,
        long leftOut) {

    /** Rows that unfold; the others show their line only, which keeps the page of a large model small. */
    private static final int UNFOLDING = 300;

    /** Passed findings that are listed at once; more unfold. */
    static final int OPEN_PASSES = 6;

    private static final int WHERE_WIDTH = 160;
    private static final int TEXT_WIDTH = 600;

    /** @param status a word that is also the name of its style */
    record FindingView(String status, String where, String text) {
        static FindingView of(Finding finding) {
            return new FindingView(
                    finding.status().toString().toLowerCase(Locale.ROOT),
                    VisibleText.of(finding.where(), WHERE_WIDTH),
                    VisibleText.of(finding.text(), TEXT_WIDTH));
        }
    }

    static SectionView of(Section section) {
        var comparisons = WorstFirst.comparisons(section);
        List<RowView> rows = IntStream.range(0, comparisons.size())
                .mapToObj(i -> RowView.of(comparisons.get(i), i < UNFOLDING))
                .toList();
        return new SectionView(
                VisibleText.of(section.name(), WHERE_WIDTH),
                Verdict.of(section),
                section.failures() == 0,
                section.precision().toString(),
                section.tolerances(),
                counts(section),
                rows.isEmpty() ? "-" : rows.get(0).ofBound().text(),
                rows,
                findings(section, finding -> finding.status() != Finding.Status.PASS),
                findings(section, finding -> finding.status() == Finding.Status.PASS),
                DepthChart.of(section),
                of(section, Illustration.Growth.class, GrowthChart::of),
                section.illustrations().stream()
                        .map(HeatMap::of)
                        .filter(maps -> !maps.isEmpty())
                        .toList(),
                of(section, Illustration.Neighbourhood.class, GraphDrawing::of),
                section.leftOut());
    }

    private static List<FindingView> findings(Section section, Predicate<Finding> shown) {
        return WorstFirst.findings(section).stream()
                .filter(shown)
                .map(FindingView::of)
                .toList();
    }

    private static <I extends Illustration, V> List<V> of(Section section, Class<I> kind, Function<I, V> view) {
        return section.illustrations().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .map(view)
                .toList();
    }

    private static String counts(Section section) {
        long tensors = section.passedTensors() + section.failedTensors();
        long findings = section.passedFindings() + section.failedFindings();
        return "tensors %d (%d fail), findings %d (%d fail), notes %d"
                .formatted(tensors, section.failedTensors(), findings, section.failedFindings(), section.notes());
    }
}

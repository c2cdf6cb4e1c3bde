package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.ErrorStatistics;
import dev.heddle.runtime.parity.Figures;
import dev.heddle.runtime.parity.LogitAgreement;
import dev.heddle.runtime.parity.NonFinite;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.parity.UlpHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What unfolds below a tensor's row.
 *
 * @param facts name and value
 * @param ulps bars of the histogram, the last one that is not empty last
 */
record TensorDetails(List<Map.Entry<String, String>> facts, List<RowView.Place> worst, List<Bar> ulps) {

    private static final int BAR_HEIGHT = 60;

    /**
     * @param distances as in "3-4"
     * @param label the same in less space
     * @param height of {@value #BAR_HEIGHT}; at least 1 if the count is not 0
     */
    record Bar(String distances, String label, long count, int height) {}

    static TensorDetails of(TensorComparison.Values values) {
        ErrorStatistics errors = values.errors();
        List<Map.Entry<String, String>> facts = new ArrayList<>();
        facts.add(Map.entry("shape", values.shape().toString()));
        facts.add(Map.entry("bound", values.bound().toString()));
        facts.add(Map.entry("beyond the bound", errors.outside() + " of " + errors.count()));
        facts.add(Map.entry("largest expected", Figures.value(errors.largestExpected())));
        facts.add(Map.entry(
                "mean abs, mean rel",
                Figures.error(errors.absolute().mean()) + ", "
                        + Figures.error(errors.relative().mean())));
        facts.add(Map.entry("p99 rel", Figures.error(errors.relative().p99())));
        facts.add(Map.entry("NaN and Inf, expected", text(errors.expectedNonFinite())));
        facts.add(Map.entry("NaN and Inf, actual", text(errors.actualNonFinite())));
        if (values.logits().rows() > 0) {
            addAgreement(facts, values.logits());
        }
        return new TensorDetails(
                facts, values.worst().stream().map(RowView.Place::of).toList(), bars(errors.ulps()));
    }

    private static void addAgreement(List<Map.Entry<String, String>> facts, LogitAgreement logits) {
        facts.add(Map.entry("choice", logits.argmax().toString()));
        logits.topK()
                .forEach(top -> facts.add(Map.entry(
                        "top-" + top.k() + " Jaccard",
                        "mean %s, min %s"
                                .formatted(Numbers.jaccard(top.meanJaccard()), Numbers.jaccard(top.minJaccard())))));
        facts.add(Map.entry(
                "KL divergence",
                "mean %s, max %s"
                        .formatted(
                                Figures.error(logits.kl().mean()),
                                Figures.error(logits.kl().max()))));
    }

    private static String text(NonFinite counts) {
        return counts.nans() + ", " + counts.infinities();
    }

    private static List<Bar> bars(UlpHistogram ulps) {
        long largest = ulps.counts().stream().mapToLong(Long::longValue).max().orElse(0);
        int last = IntStream.range(0, UlpHistogram.BINS)
                .filter(bin -> ulps.counts().get(bin) > 0)
                .max()
                .orElse(0);
        return IntStream.rangeClosed(0, last)
                .mapToObj(bin -> {
                    long count = ulps.counts().get(bin);
                    int height = largest == 0 ? 0 : (int) Math.ceil((double) BAR_HEIGHT * count / largest);
                    String distances = UlpHistogram.label(bin);
                    return new Bar(distances, distances.replaceFirst("\\d+-", "≤"), count, height);
                })
                .toList();
    }
}

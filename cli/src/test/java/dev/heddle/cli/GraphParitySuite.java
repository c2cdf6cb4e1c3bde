package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.attention.ReferenceRun;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.attention.VariantSamples;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.runtime.session.OpsMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every variant's graph on ONNX Runtime against its float64 reference; subclasses say in which forms and who computes our operators. */
abstract class GraphParitySuite {

    @TempDir
    Path folder;

    private final OpsMode ops;

    GraphParitySuite(OpsMode ops) {
        this.ops = ops;
    }

    private OrtAttention open(GraphForm form) throws IOException {
        return OrtAttention.open(
                form.variant(),
                form.weights(),
                form.opset(),
                form.style(),
                form.precision(),
                form.cache(),
                ops,
                folder);
    }

    private static ReferenceRun on(OrtAttention graph, ReferenceRun reference) {
        return new ReferenceRun(reference.variant(), graph, reference.q(), reference.k(), reference.v());
    }

    @ParameterizedTest
    @MethodSource("forms")
    void graph_onWholeSequence_equalsReference(GraphForm form) throws IOException {
        ReferenceRun reference = form.reference();

        try (OrtAttention graph = open(form)) {
            assertClose(form, on(graph, reference).whole(), reference.whole());
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void graph_inChunksThroughTheCache_equalsReference(GraphForm form) throws IOException {
        ReferenceRun reference = form.reference();

        try (OrtAttention graph = open(form)) {
            assertClose(form, on(graph, reference).chunked(5, 1, 1, 3, 1, 1, 5), reference.whole());
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void graph_withPaddingOnBothSides_equalsSequenceWithoutPadding(GraphForm form) throws IOException {
        ReferenceRun reference = form.reference();

        try (OrtAttention graph = open(form)) {
            DoubleTensor padded = on(graph, reference).padded(3, 2).context();

            assertThat(padded.data()).doesNotContain(Double.NaN);
            assertClose(form, ReferenceRun.rows(padded, 3, 3 + reference.tokens()), reference.whole());
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void graph_state_equalsStateOfReference(GraphForm form) throws IOException {
        ReferenceRun reference = form.reference();

        try (OrtAttention graph = open(form)) {
            // Pads at the right end: state must be that of the last real tokens where the variant keeps raw rows.
            Map<String, DoubleTensor> present =
                    on(graph, reference).padded(2, 3).present();

            Map<String, DoubleTensor> expected = reference.padded(2, 3).present();
            assertThat(present.keySet()).isEqualTo(expected.keySet());
            List.of("last_key", "last_value").stream()
                    .filter(expected::containsKey)
                    .forEach(role -> assertClose(form, present.get(role), expected.get(role)));
        }
    }

    /** Rows that see the key give NaN, also through a convolution; rows that do not stay as they are. */
    @ParameterizedTest
    @MethodSource("forms")
    void graph_withNanInAKey_givesNanWhereTheReferenceDoes(GraphForm form) throws IOException {
        assumeFalse(form.usesStandardAttention(), "ONNX's own Attention adds its mask, and NaN stays NaN");
        ReferenceRun reference = form.reference();
        reference.k().data()[9 * reference.k().dim(2) + 1] = Double.NaN;

        try (OrtAttention graph = open(form)) {
            double[] actual = on(graph, reference).whole().data();

            double[] expected = reference.whole().data();
            assertThat(expected[0]).isNotNaN();
            assertThat(DoubleStream.of(expected).anyMatch(Double::isNaN)).isTrue();
            for (int i = 0; i < expected.length; i++) {
                assertThat(Double.isNaN(actual[i])).as("NaN at %d", i).isEqualTo(Double.isNaN(expected[i]));
            }
        }
    }

    @Test
    void graph_withOneCachedQueryTooFew_isWrong() throws IOException {
        GraphForm form = new GraphForm(
                VariantSamples.MULTI_TOKEN,
                23,
                FunctionStyle.FUNCTION,
                ElementPrecision.FLOAT32,
                new KvCache.Dynamic());
        ReferenceRun reference = form.reference();
        DoubleTensor whole = reference.whole();
        int history = ((SoftmaxAttention) form.sample().variant()).queryHistory();

        try (OrtAttention graph = open(form)) {
            ReferenceRun run = on(graph, reference);
            Map<String, DoubleTensor> past =
                    run.step(0, reference.tokens() - 1, graph.fresh(1)).present();
            DoubleTensor last = ReferenceRun.rows(whole, reference.tokens() - 1, reference.tokens());

            assertThat(past.get("query").shape()[2]).isEqualTo(history);
            assertClose(
                    form,
                    run.step(reference.tokens() - 1, reference.tokens(), past).context(),
                    last);
            DoubleTensor wrong = run.step(reference.tokens() - 1, reference.tokens(), withoutOldestQuery(past))
                    .context();
            assertThat(GraphForm.largestDifference(wrong, last)).isGreaterThan(1e-3);
        }
    }

    private static Map<String, DoubleTensor> withoutOldestQuery(Map<String, DoubleTensor> past) {
        DoubleTensor query = past.get("query");
        int heads = query.shape()[1];
        int rows = query.shape()[2];
        int size = query.shape()[3];
        DoubleTensor fewer = DoubleTensor.zeros(1, heads, rows - 1, size);
        for (int head = 0; head < heads; head++) {
            System.arraycopy(
                    query.data(), (head * rows + 1) * size, fewer.data(), head * (rows - 1) * size, (rows - 1) * size);
        }
        Map<String, DoubleTensor> changed = new TreeMap<>(past);
        changed.put("query", fewer);
        return changed;
    }

    private static void assertClose(GraphForm form, DoubleTensor actual, DoubleTensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(form.isClose(actual, expected))
                .as("%s: largest difference %s", form, GraphForm.largestDifference(actual, expected))
                .isTrue();
    }
}

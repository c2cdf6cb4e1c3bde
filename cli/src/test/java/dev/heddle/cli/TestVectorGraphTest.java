package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.models.attention.AttentionReference.Input;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.KeyValueShift;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.attention.Mask;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.attention.TestVectors;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.runtime.session.OpsMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Printed numbers of an implementation that is not ours, computed by the exported graph on ONNX Runtime. */
final class TestVectorGraphTest {

    @TempDir
    Path folder;

    /** Rows of head 0, then of head 1. */
    private double[] context(
            AttentionVariant variant, Map<AttentionWeight, DoubleTensor> weights, FunctionStyle style, DoubleTensor v)
            throws IOException {
        Map<AttentionWeight, DoubleTensor> used = new TreeMap<>(weights);
        used.keySet().retainAll(variant.weights().keySet());
        boolean[][] real = {{true, true, true, true}};
        Input input = new Input(TestVectors.Q, TestVectors.K, v, real, new long[1][4]);
        try (OrtAttention graph = OrtAttention.open(
                variant, used, 23, style, ElementPrecision.FLOAT32, new KvCache.Dynamic(), OpsMode.PORTABLE, folder)) {
            double[] byToken = graph.attend(input, graph.fresh(1)).context().data();
            double[] byHead = new double[16];
            Arrays.setAll(byHead, index -> byToken[index / 2 % 4 * 4 + index / 8 * 2 + index % 2]);
            return byHead;
        }
    }

    @ParameterizedTest
    @EnumSource
    void attendedValues_areAsPrinted(FunctionStyle style) throws IOException {
        double[] context = context(TestVectors.CONTEXT_ONLY, TestVectors.WEIGHTS, style, TestVectors.V);

        assertPrinted(context, TestVectors.PRINTED_CONTEXT);
    }

    @ParameterizedTest
    @EnumSource
    void normedAndGatedContext_isAsPrinted(FunctionStyle style) throws IOException {
        double[] context = context(TestVectors.WITH_NORM_AND_GATE, TestVectors.WEIGHTS, style, TestVectors.V);

        assertPrinted(context, TestVectors.PRINTED_NORMED_AND_GATED);
    }

    /** The shift acts on keys and values alike; with the keys as values and one visible key for each row, the context shows them. */
    @ParameterizedTest
    @EnumSource
    void shiftedRows_areAsPrinted(FunctionStyle style) throws IOException {
        SoftmaxAttention variant = SoftmaxAttention.builder(TestVectors.HEADS)
                .shift(new KeyValueShift.Taps(2))
                .mask(new Mask.SlidingWindow(1))
                .build();
        Map<AttentionWeight, DoubleTensor> weights =
                Map.of(AttentionWeight.KEY_SHIFT, TestVectors.SHIFT, AttentionWeight.VALUE_SHIFT, TestVectors.SHIFT);

        double[] context = context(variant, weights, style, TestVectors.K);

        assertPrinted(context, TestVectors.PRINTED_SHIFTED_KEYS);
    }

    private static void assertPrinted(double[] actual, String printed) {
        // The printed digits, and the rounding of float32.
        assertThat(actual)
                .usingComparatorWithPrecision(TestVectors.PRINTED_PRECISION + 0.2e-6)
                .containsExactly(TestVectors.numbers(printed));
    }
}

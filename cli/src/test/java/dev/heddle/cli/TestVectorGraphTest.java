package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.models.attention.AttentionReference.Input;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.ContextNorm;
import dev.heddle.models.attention.Gate;
import dev.heddle.models.attention.HeadMix;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyPadding;
import dev.heddle.models.attention.KeyValueShift;
import dev.heddle.models.attention.Mask;
import dev.heddle.models.attention.ScoreConvolution;
import dev.heddle.models.attention.SoftmaxAttention;
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

    private static final Heads HEADS = new Heads(2, 2, 2);

    @TempDir
    Path folder;

    /** [1, 4, 2 * 2], element (t, h, m) = sin(offset + 1.3 h + 0.7 t + 0.4 m). */
    private static DoubleTensor wave(double offset) {
        DoubleTensor wave = DoubleTensor.zeros(1, 4, 4);
        Arrays.setAll(
                wave.data(), index -> Math.sin(offset + 1.3 * (index / 2 % 2) + 0.7 * (index / 4) + 0.4 * (index % 2)));
        return wave;
    }

    /** [2, 1, 2, 3], element (h, a, b) = constant + a perRow + b perColumn + h perHead. */
    private static DoubleTensor kernel(double constant, double perRow, double perColumn, double perHead) {
        DoubleTensor kernel = DoubleTensor.zeros(2, 1, 2, 3);
        Arrays.setAll(
                kernel.data(),
                index -> constant + index / 3 % 2 * perRow + index % 3 * perColumn + index / 6 * perHead);
        return kernel;
    }

    private static DoubleTensor tensor(int[] shape, double... data) {
        return new DoubleTensor(shape, data);
    }

    private static SoftmaxAttention.Builder multiToken() {
        return SoftmaxAttention.builder(HEADS)
                .preConvolution(new ScoreConvolution.KeyQuery(2, 3, KeyPadding.BOTH))
                .preMix(new HeadMix.Grouped(2))
                .postConvolution(new ScoreConvolution.KeyQuery(2, 3, KeyPadding.BOTH))
                .postMix(new HeadMix.Grouped(2));
    }

    private static Map<AttentionWeight, DoubleTensor> multiTokenWeights() {
        return new TreeMap<>(Map.of(
                AttentionWeight.PRE_KERNEL, kernel(0.1, 0.1, 0.05, -0.2),
                AttentionWeight.PRE_MIX, tensor(new int[] {1, 2, 2}, 1, -0.25, 0.5, 0.75),
                AttentionWeight.POST_KERNEL, kernel(0, 0.3, -0.1, 0.1),
                // The source stores [[0.9, 0.2], [-0.3, 1.1]] as [in, out].
                AttentionWeight.POST_MIX, tensor(new int[] {1, 2, 2}, 0.9, -0.3, 0.2, 1.1),
                AttentionWeight.NORM, tensor(new int[] {2}, 1, 0.5),
                AttentionWeight.GATE_WEIGHT, tensor(new int[] {1, 2}, 0.6, -0.4),
                AttentionWeight.GATE_BIAS, tensor(new int[] {1}, 0.1)));
    }

    /** Rows of head 0, then of head 1. */
    private double[] context(
            AttentionVariant variant, Map<AttentionWeight, DoubleTensor> weights, FunctionStyle style, DoubleTensor v)
            throws IOException {
        weights.keySet().retainAll(variant.weights().keySet());
        Input input = new Input(wave(0.1), wave(0.5), v, new boolean[][] {{true, true, true, true}}, new long[1][4]);
        try (OrtAttention graph = OrtAttention.open(variant, weights, 23, style, OpsMode.PORTABLE, folder)) {
            double[] byToken = graph.attend(input, graph.fresh(1)).context().data();
            double[] byHead = new double[16];
            Arrays.setAll(byHead, index -> byToken[index / 2 % 4 * 4 + index / 8 * 2 + index % 2]);
            return byHead;
        }
    }

    @ParameterizedTest
    @EnumSource
    void attendedValues_areAsPrinted(FunctionStyle style) throws IOException {
        double[] context = context(multiToken().build(), multiTokenWeights(), style, wave(0.9));

        assertPrinted(context, """
                0.070499 0.086720 | 0.067479 0.053999 | 0.031703 -0.007951 | -0.006842 -0.045207
                0.299144 0.190736 | 0.365633 0.062593 | 0.060692 -0.254509 | -0.216392 -0.478950""");
    }

    @ParameterizedTest
    @EnumSource
    void normedAndGatedContext_isAsPrinted(FunctionStyle style) throws IOException {
        SoftmaxAttention variant = multiToken()
                .norm(new ContextNorm.PerHeadRms(1e-5, 1))
                .gate(new Gate.Scalar())
                .build();

        double[] context = context(variant, multiTokenWeights(), style, wave(0.9));

        assertPrinted(context, """
                0.536979 0.330264 | 0.708220 0.283369 | 0.989163 -0.124038 | -0.118504 -0.391512
                0.786970 0.250888 | 0.987667 0.084539 | 0.209655 -0.439589 | -0.292350 -0.323535""");
    }

    /** The shift acts on keys and values alike; with the printed keys as values and one visible key per row, the context shows them. */
    @ParameterizedTest
    @EnumSource
    void shiftedRows_areAsPrinted(FunctionStyle style) throws IOException {
        SoftmaxAttention variant = SoftmaxAttention.builder(HEADS)
                .shift(new KeyValueShift.Taps(2))
                .mask(new Mask.SlidingWindow(1))
                .build();
        DoubleTensor shift = tensor(new int[] {2, 2}, 0.25, 0.75, 0.4, 1.5);
        Map<AttentionWeight, DoubleTensor> weights =
                new TreeMap<>(Map.of(AttentionWeight.KEY_SHIFT, shift, AttentionWeight.VALUE_SHIFT, shift));

        double[] context = context(variant, weights, style, wave(0.5));

        assertPrinted(context, """
                0.359569 0.587495 | 0.818886 0.945512 | 0.942735 0.809172 | 0.623201 0.292266
                1.460771 1.212745 | 1.287247 0.682273 | 0.151828 -0.568081 | -1.054999 -1.551257""");
    }

    private static void assertPrinted(double[] actual, String printed) {
        double[] expected = Arrays.stream(printed.split("[|\\s]+"))
                .mapToDouble(Double::parseDouble)
                .toArray();
        // Half a unit of the last printed digit, and the rounding of float32.
        assertThat(actual).usingComparatorWithPrecision(0.7e-6).containsExactly(expected);
    }
}

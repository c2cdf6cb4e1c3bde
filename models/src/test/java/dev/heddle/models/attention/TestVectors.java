package dev.heddle.models.attention;

import dev.heddle.models.reference.DoubleTensor;
import java.util.Arrays;
import java.util.Map;

/** Inputs, weights and printed results of an implementation that is not ours, for the reference and the graph alike. */
public final class TestVectors {

    public static final Heads HEADS = new Heads(2, 2, 2);
    public static final DoubleTensor Q = wave(0.1);
    public static final DoubleTensor K = wave(0.5);
    public static final DoubleTensor V = wave(0.9);
    public static final Map<AttentionWeight, DoubleTensor> WEIGHTS = Map.of(
            AttentionWeight.PRE_KERNEL, kernel(0.1, 0.1, 0.05, -0.2),
            AttentionWeight.PRE_MIX, tensor(new int[] {1, 2, 2}, 1, -0.25, 0.5, 0.75),
            AttentionWeight.POST_KERNEL, kernel(0, 0.3, -0.1, 0.1),
            // The source stores [[0.9, 0.2], [-0.3, 1.1]] as [in, out].
            AttentionWeight.POST_MIX, tensor(new int[] {1, 2, 2}, 0.9, -0.3, 0.2, 1.1),
            AttentionWeight.NORM, tensor(new int[] {2}, 1, 0.5),
            AttentionWeight.GATE_WEIGHT, tensor(new int[] {1, 2}, 0.6, -0.4),
            AttentionWeight.GATE_BIAS, tensor(new int[] {1}, 0.1));
    public static final SoftmaxAttention CONTEXT_ONLY = builder().build();
    public static final SoftmaxAttention WITH_NORM_AND_GATE = builder()
            .norm(new ContextNorm.PerHeadRms(1e-5, 1))
            .gate(new Gate.Scalar())
            .build();

    private static SoftmaxAttention.Builder builder() {
        return SoftmaxAttention.builder(HEADS)
                .preConvolution(new ScoreConvolution.KeyQuery(2, 3, KeyPadding.BOTH))
                .preMix(new HeadMix.Grouped(2))
                .postConvolution(new ScoreConvolution.KeyQuery(2, 3, KeyPadding.BOTH))
                .postMix(new HeadMix.Grouped(2));
    }

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

    /** Attended values of head 0, then of head 1, rows by token. */
    public static final String PRINTED_CONTEXT = """
            0.070499 0.086720 | 0.067479 0.053999 | 0.031703 -0.007951 | -0.006842 -0.045207
            0.299144 0.190736 | 0.365633 0.062593 | 0.060692 -0.254509 | -0.216392 -0.478950""";

    /** The same after norm and gate. */
    public static final String PRINTED_NORMED_AND_GATED = """
            0.536979 0.330264 | 0.708220 0.283369 | 0.989163 -0.124038 | -0.118504 -0.391512
            0.786970 0.250888 | 0.987667 0.084539 | 0.209655 -0.439589 | -0.292350 -0.323535""";

    /** {@link #K} shifted with {@link #SHIFT}. */
    public static final String PRINTED_SHIFTED_KEYS = """
            0.359569 0.587495 | 0.818886 0.945512 | 0.942735 0.809172 | 0.623201 0.292266
            1.460771 1.212745 | 1.287247 0.682273 | 0.151828 -0.568081 | -1.054999 -1.551257""";

    /** [kv_heads, 2], previous token first. */
    public static final DoubleTensor SHIFT = tensor(new int[] {2, 2}, 0.25, 0.75, 0.4, 1.5);

    private TestVectors() {}

    /** Half a unit of the last printed digit, and a little for the printing itself. */
    public static final double PRINTED_PRECISION = 0.50001e-6;

    public static double[] numbers(String printed) {
        return Arrays.stream(printed.strip().split("[|\\s]+"))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }
}

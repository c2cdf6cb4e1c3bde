package dev.heddle.models.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.models.attention.AttentionReference.Input;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Printed numbers of an implementation that is not ours, to all six digits: Multi-Token Attention step by step, and KV
 * shifting.
 */
final class TestVectorsTest {

    private static final Heads HEADS = new Heads(2, 2, 2);
    private static final DoubleTensor Q = wave(0.1);
    private static final DoubleTensor K = wave(0.5);
    private static final DoubleTensor V = wave(0.9);
    private static final Map<AttentionWeight, DoubleTensor> WEIGHTS = Map.of(
            AttentionWeight.PRE_KERNEL, kernel(0.1, 0.1, 0.05, -0.2),
            AttentionWeight.PRE_MIX, tensor(new int[] {1, 2, 2}, 1, -0.25, 0.5, 0.75),
            AttentionWeight.POST_KERNEL, kernel(0, 0.3, -0.1, 0.1),
            // The source stores [[0.9, 0.2], [-0.3, 1.1]] as [in, out].
            AttentionWeight.POST_MIX, tensor(new int[] {1, 2, 2}, 0.9, -0.3, 0.2, 1.1),
            AttentionWeight.NORM, tensor(new int[] {2}, 1, 0.5),
            AttentionWeight.GATE_WEIGHT, tensor(new int[] {1, 2}, 0.6, -0.4),
            AttentionWeight.GATE_BIAS, tensor(new int[] {1}, 0.1));
    private static final SoftmaxAttention CONTEXT_ONLY = builder().build();
    private static final SoftmaxAttention WITH_NORM_AND_GATE = builder()
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

    private static ScorePlane scores() {
        boolean[] real = {true, true, true, true};
        boolean[][] visible = ScorePlane.visible(new Mask.Causal(), real, 4, 4);
        return ScorePlane.scores(Q.splitHeads(2), K.splitHeads(2), 0, CONTEXT_ONLY.scale(), visible);
    }

    private static ScorePlane convolvedScores() {
        return scores().convolve(WEIGHTS.get(AttentionWeight.PRE_KERNEL), KeyPadding.BOTH);
    }

    private static ScorePlane softmax() {
        return convolvedScores().mixHeads(WEIGHTS.get(AttentionWeight.PRE_MIX)).softmax();
    }

    private static ScorePlane finalWeights() {
        return softmax()
                .convolve(WEIGHTS.get(AttentionWeight.POST_KERNEL), KeyPadding.BOTH)
                .mixHeads(WEIGHTS.get(AttentionWeight.POST_MIX));
    }

    private static DoubleTensor context(SoftmaxAttention variant) {
        Map<AttentionWeight, DoubleTensor> used = new TreeMap<>(WEIGHTS);
        used.keySet().retainAll(variant.weights().keySet());
        AttentionReference reference = variant.reference(used);
        Input input = new Input(Q, K, V, new boolean[][] {{true, true, true, true}}, new long[1][4]);
        return reference.attend(input, reference.fresh(1)).context().splitHeads(2);
    }

    @Test
    void scaledScores_ofHead0_areAsPrinted() {
        assertPrinted(scores().cells()[0], """
                0.299396 0.404656 0.319600 0.084231 | 0.759440 1.131545 0.971466 0.354492
                0.862307 1.326250 1.166437 0.458030 | 0.559618 0.897200 0.812814 0.346149""");
    }

    @Test
    void convolvedScores_ofHead0_areAsPrinted() {
        // The printed table leaves the cells of future keys as the convolution gives them; ours zeroes them.
        assertPrinted(convolvedScores().cells()[0], """
                0.074849 0 0 0 | 0.574233 0.464714 0 0
                0.953677 1.099631 0.670014 0 | 0.803661 1.098523 0.794079 0.365744""");
    }

    @Test
    void convolvedScores_ofHead1_areAsPrinted() {
        assertPrinted(convolvedScores().cells()[1], """
                0.061767 0 0 0 | 0.031715 -0.100207 0 0
                -0.023774 -0.109945 -0.046432 0 | -0.068082 -0.016596 0.059689 0.030364""");
    }

    @Test
    void softmax_ofHead0_isAsPrinted() {
        assertPrinted(softmax().cells()[0], """
                1 0 0 0 | 0.519125 0.480875 0 0 | 0.340178 0.402206 0.257616 0 | 0.255442 0.338657 0.245052 0.160849""");
    }

    @Test
    void softmax_ofHead1_isAsPrinted() {
        assertPrinted(softmax().cells()[1], """
                1 0 0 0 | 0.538350 0.461650 0 0 | 0.349463 0.352393 0.298143 0 | 0.240113 0.289211 0.262998 0.207677""");
    }

    @Test
    void finalWeights_ofHead0_areAsPrinted() {
        assertPrinted(finalWeights().cells()[0], """
                0.090000 0 0 0 | -0.029429 0.090571 0 0
                -0.074594 0.036462 0.071997 0 | -0.054946 -0.002749 0.045430 0.035922""");
    }

    @Test
    void finalWeights_ofHead1_areAsPrinted() {
        assertPrinted(finalWeights().cells()[1], """
                0.370000 0 0 0 | 0.289601 0.549601 0 0
                0.134102 0.426897 0.338659 0 | 0.098200 0.280019 0.326681 0.238186""");
    }

    @Test
    void context_isAsPrinted() {
        assertPrinted(context(CONTEXT_ONLY), """
                0.070499 0.086720 | 0.067479 0.053999 | 0.031703 -0.007951 | -0.006842 -0.045207
                0.299144 0.190736 | 0.365633 0.062593 | 0.060692 -0.254509 | -0.216392 -0.478950""");
    }

    @Test
    void normedAndGatedContext_isAsPrinted() {
        assertPrinted(context(WITH_NORM_AND_GATE), """
                0.536979 0.330264 | 0.708220 0.283369 | 0.989163 -0.124038 | -0.118504 -0.391512
                0.786970 0.250888 | 0.987667 0.084539 | 0.209655 -0.439589 | -0.292350 -0.323535""");
    }

    @Test
    void shiftedKeys_areAsPrinted() {
        DoubleTensor weight = tensor(new int[] {2, 2}, 0.25, 0.75, 0.4, 1.5);

        DoubleTensor shifted = TokenShift.shift(
                K.splitHeads(2), DoubleTensor.zeros(1, 2, 1, 2), weight, new boolean[][] {{true, true, true, true}});

        assertPrinted(shifted, """
                0.359569 0.587495 | 0.818886 0.945512 | 0.942735 0.809172 | 0.623201 0.292266
                1.460771 1.212745 | 1.287247 0.682273 | 0.151828 -0.568081 | -1.054999 -1.551257""");
    }

    private static void assertPrinted(double[][] rows, String printed) {
        assertPrinted(
                tensor(
                        new int[] {16},
                        Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray()),
                printed);
    }

    private static void assertPrinted(DoubleTensor actual, String printed) {
        double[] expected = Arrays.stream(printed.split("[|\\s]+"))
                .mapToDouble(Double::parseDouble)
                .toArray();
        // Half a unit of the last printed digit, and a little for the printing itself.
        assertThat(actual.data()).usingComparatorWithPrecision(0.50001e-6).containsExactly(expected);
    }
}

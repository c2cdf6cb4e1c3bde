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

    private static ScorePlane scores() {
        boolean[] real = {true, true, true, true};
        boolean[][] visible = ScorePlane.visible(new Mask.Causal(), real, 4, 4);
        return ScorePlane.scores(
                TestVectors.Q.splitHeads(2), TestVectors.K.splitHeads(2), 0, TestVectors.CONTEXT_ONLY.scale(), visible);
    }

    private static ScorePlane convolvedScores() {
        return scores().convolve(TestVectors.WEIGHTS.get(AttentionWeight.PRE_KERNEL), KeyPadding.BOTH);
    }

    private static ScorePlane softmax() {
        return convolvedScores()
                .mixHeads(TestVectors.WEIGHTS.get(AttentionWeight.PRE_MIX))
                .softmax();
    }

    private static ScorePlane finalWeights() {
        return softmax()
                .convolve(TestVectors.WEIGHTS.get(AttentionWeight.POST_KERNEL), KeyPadding.BOTH)
                .mixHeads(TestVectors.WEIGHTS.get(AttentionWeight.POST_MIX));
    }

    private static DoubleTensor context(SoftmaxAttention variant) {
        Map<AttentionWeight, DoubleTensor> used = new TreeMap<>(TestVectors.WEIGHTS);
        used.keySet().retainAll(variant.weights().keySet());
        AttentionReference reference = variant.reference(used);
        Input input = new Input(
                TestVectors.Q,
                TestVectors.K,
                TestVectors.V,
                new boolean[][] {{true, true, true, true}},
                new long[1][4]);
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
        assertPrinted(context(TestVectors.CONTEXT_ONLY), TestVectors.PRINTED_CONTEXT);
    }

    @Test
    void normedAndGatedContext_isAsPrinted() {
        assertPrinted(context(TestVectors.WITH_NORM_AND_GATE), TestVectors.PRINTED_NORMED_AND_GATED);
    }

    @Test
    void shiftedKeys_areAsPrinted() {
        DoubleTensor shifted = TokenShift.shift(
                TestVectors.K.splitHeads(2), DoubleTensor.zeros(1, 2, 1, 2), TestVectors.SHIFT, new boolean[][] {
                    {true, true, true, true}
                });

        assertPrinted(shifted, TestVectors.PRINTED_SHIFTED_KEYS);
    }

    private static void assertPrinted(double[][] rows, String printed) {
        assertPrinted(Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(), printed);
    }

    private static void assertPrinted(DoubleTensor actual, String printed) {
        assertPrinted(actual.data(), printed);
    }

    private static void assertPrinted(double[] actual, String printed) {
        assertThat(actual)
                .usingComparatorWithPrecision(TestVectors.PRINTED_PRECISION)
                .containsExactly(TestVectors.numbers(printed));
    }
}

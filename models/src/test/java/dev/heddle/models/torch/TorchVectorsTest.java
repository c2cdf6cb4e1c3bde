package dev.heddle.models.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.models.attention.AttentionReference;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.attention.TestVectors;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** PyTorch's side against the printed numbers too, so that both sides cannot be wrong in the same way. */
@NeedsTorch
final class TorchVectorsTest {

    @Test
    void context_isAsPrinted() {
        assertPrinted(TestVectors.CONTEXT_ONLY, TestVectors.PRINTED_CONTEXT);
    }

    @Test
    void normedAndGatedContext_isAsPrinted() {
        assertPrinted(TestVectors.WITH_NORM_AND_GATE, TestVectors.PRINTED_NORMED_AND_GATED);
    }

    private static void assertPrinted(SoftmaxAttention variant, String printed) {
        Map<AttentionWeight, DoubleTensor> weights = new TreeMap<>(TestVectors.WEIGHTS);
        weights.keySet().retainAll(variant.weights().keySet());
        boolean[][] real = {{true, true, true, true}};
        AttentionReference.Input input =
                new AttentionReference.Input(TestVectors.Q, TestVectors.K, TestVectors.V, real, new long[1][4]);

        DoubleTensor context = TorchComparison.onTorch(variant, weights, input).splitHeads(2);

        assertThat(context.data())
                .usingComparatorWithPrecision(TestVectors.PRINTED_PRECISION)
                .containsExactly(TestVectors.numbers(printed));
    }
}

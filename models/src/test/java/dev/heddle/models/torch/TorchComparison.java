package dev.heddle.models.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.heddle.models.attention.AttentionReference;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.models.reference.TensorAssertions;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * One seeded batch of three sequences for both sides: without padding, with padding before it, with padding after it.
 */
final class TorchComparison {

    private static final int TOKENS = 13;
    private static final int BEFORE = 3;
    private static final int AFTER = 2;

    private TorchComparison() {}

    static AttentionReference.Input input(Heads heads, long seed) {
        Random random = new Random(seed);
        boolean[][] real = new boolean[3][TOKENS];
        Arrays.fill(real[0], true);
        Arrays.fill(real[1], BEFORE, TOKENS, true);
        Arrays.fill(real[2], 0, TOKENS - AFTER, true);
        long[][] positions = new long[3][TOKENS];
        for (int sequence = 0; sequence < 3; sequence++) {
            int first = sequence == 1 ? BEFORE : 0;
            Arrays.setAll(positions[sequence], slot -> Math.max(0, slot - first));
        }
        int query = heads.query() * heads.size();
        int keyValue = heads.keyValue() * heads.size();
        return new AttentionReference.Input(
                normal(random, query), normal(random, keyValue), normal(random, keyValue), real, positions);
    }

    private static DoubleTensor normal(Random random, int features) {
        DoubleTensor tensor = DoubleTensor.zeros(3, TOKENS, features);
        Arrays.setAll(tensor.data(), index -> random.nextGaussian());
        return tensor;
    }

    static DoubleTensor onTorch(
            AttentionVariant variant, Map<AttentionWeight, DoubleTensor> weights, AttentionReference.Input input) {
        try (NDManager manager = TorchArrays.manager()) {
            TorchAttention.Input arrays = new TorchAttention.Input(
                    TorchArrays.of(manager, input.q()),
                    TorchArrays.of(manager, input.k()),
                    TorchArrays.of(manager, input.v()),
                    TorchArrays.of(manager, input.real()),
                    TorchArrays.of(manager, input.positions()));
            return TorchArrays.doubles(
                    TorchAttention.of(manager, variant, weights).context(arrays));
        }
    }

    static DoubleTensor onReference(
            AttentionVariant variant, Map<AttentionWeight, DoubleTensor> weights, AttentionReference.Input input) {
        AttentionReference reference = variant.reference(weights);
        return reference.attend(input, reference.fresh(3)).context();
    }

    /** Relative to the largest expected number. */
    static void assertClose(DoubleTensor actual, DoubleTensor expected, double tolerance) {
        double largest = Arrays.stream(expected.data()).map(Math::abs).max().orElseThrow();
        assertThat(largest).isPositive();

        TensorAssertions.assertClose(actual, expected, tolerance * largest);
    }
}

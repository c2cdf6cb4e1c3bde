package dev.heddle.models.torch;

import dev.heddle.models.attention.AttentionReference;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.ReferenceRun;
import dev.heddle.models.attention.VariantSamples;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The float64 reference of every variant against PyTorch. */
@NeedsTorch
final class TorchAttentionTest {

    /** Measured: at most 3e-15 of the largest number. */
    private static final double TOLERANCE = 1e-12;

    @ParameterizedTest
    @EnumSource
    void reference_agreesWithTorch(VariantSamples sample) {
        AttentionVariant variant = sample.variant();
        Map<AttentionWeight, DoubleTensor> weights = ReferenceRun.weights(variant, 11);
        AttentionReference.Input input = TorchComparison.input(variant.heads(), 12);

        DoubleTensor reference = TorchComparison.onReference(variant, weights, input);

        TorchComparison.assertClose(reference, TorchComparison.onTorch(variant, weights, input), TOLERANCE);
    }
}

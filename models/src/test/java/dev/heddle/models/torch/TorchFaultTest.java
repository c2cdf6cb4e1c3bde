package dev.heddle.models.torch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.models.attention.AttentionReference;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.ContextNorm;
import dev.heddle.models.attention.DepthScale;
import dev.heddle.models.attention.DifferentialAttention;
import dev.heddle.models.attention.KeyPadding;
import dev.heddle.models.attention.Mask;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.ReferenceRun;
import dev.heddle.models.attention.RopeStyle;
import dev.heddle.models.attention.ScoreConvolution;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.attention.VariantSamples;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the two sides could read differently in the papers is seen by the comparison. */
@NeedsTorch
final class TorchFaultTest {

    /** A misreading on PyTorch's side: of the variant, or of a weight's layout. */
    enum Fault {
        OTHER_PAIRS_ARE_ROTATED(VariantSamples.PLAIN, changed(variant -> with(variant)
                .positions(new Positions.Rope(100, RopeStyle.INTERLEAVED))
                .build())),
        WINDOW_LEAVES_OUT_THE_QUERY(
                VariantSamples.SLIDING_WINDOW,
                changed(variant -> with(variant).mask(new Mask.SlidingWindow(4)).build())),
        SHIFT_IS_READ_BACKWARDS(VariantSamples.KV_SHIFT, AttentionWeight.KEY_SHIFT, Fault::reversed),
        VALUE_SHIFT_IS_READ_BACKWARDS(VariantSamples.KV_SHIFT, AttentionWeight.VALUE_SHIFT, Fault::reversed),
        KERNEL_IS_FLIPPED(VariantSamples.MULTI_TOKEN, AttentionWeight.PRE_KERNEL, Fault::reversed),
        POST_KERNEL_IS_FLIPPED(VariantSamples.MULTI_TOKEN, AttentionWeight.POST_KERNEL, Fault::reversed),
        MIX_IS_TRANSPOSED(VariantSamples.TALKING_HEADS, AttentionWeight.PRE_MIX, Fault::transposed),
        POST_MIX_IS_TRANSPOSED(VariantSamples.TALKING_HEADS, AttentionWeight.POST_MIX, Fault::transposed),
        KEYS_ARE_PADDED_ON_THE_OTHER_SIDE(VariantSamples.MULTI_TOKEN_OF_ODD_PARTS, changed(variant -> with(variant)
                .preConvolution(new ScoreConvolution.KeyQuery(2, 4, KeyPadding.BOTH))
                .build())),
        DEPTH_COUNTS_FROM_ONE(VariantSamples.MULTI_TOKEN_OF_ODD_PARTS, changed(variant -> with(variant)
                .norm(new ContextNorm.PerHeadRms(1e-5, DepthScale.factor(4)))
                .build())),
        GATE_IS_TRANSPOSED(VariantSamples.MULTI_TOKEN_OF_ODD_PARTS, AttentionWeight.GATE_WEIGHT, Fault::transposed),
        LAMBDA_DEPTH_COUNTS_FROM_ONE(VariantSamples.DIFFERENTIAL, variant -> {
            DifferentialAttention differential = (DifferentialAttention) variant;
            return new DifferentialAttention(
                    differential.heads(), differential.positions(), DepthScale.lambda(3), differential.epsilon());
        });

        private final VariantSamples sample;
        private final UnaryOperator<AttentionVariant> variant;
        private final UnaryOperator<Map<AttentionWeight, DoubleTensor>> weights;

        Fault(VariantSamples sample, UnaryOperator<AttentionVariant> variant) {
            this.sample = sample;
            this.variant = variant;
            this.weights = UnaryOperator.identity();
        }

        Fault(VariantSamples sample, AttentionWeight weight, UnaryOperator<DoubleTensor> misread) {
            this.sample = sample;
            this.variant = UnaryOperator.identity();
            this.weights = right -> {
                Map<AttentionWeight, DoubleTensor> wrong = new TreeMap<>(right);
                wrong.computeIfPresent(weight, (key, tensor) -> misread.apply(tensor));
                return wrong;
            };
        }

        private static UnaryOperator<AttentionVariant> changed(Function<SoftmaxAttention, AttentionVariant> change) {
            return variant -> change.apply((SoftmaxAttention) variant);
        }

        private static SoftmaxAttention.Builder with(SoftmaxAttention variant) {
            return SoftmaxAttention.builder(variant.heads())
                    .positions(variant.positions())
                    .mask(variant.mask())
                    .shift(variant.shift())
                    .preConvolution(variant.preConvolution())
                    .preMix(variant.preMix())
                    .postConvolution(variant.postConvolution())
                    .postMix(variant.postMix())
                    .norm(variant.norm())
                    .gate(variant.gate());
        }

        /** Each row of the last axis from its end to its start. */
        private static DoubleTensor reversed(DoubleTensor tensor) {
            int width = tensor.dim(-1);
            DoubleTensor reversed = DoubleTensor.zeros(tensor.shape());
            Arrays.setAll(reversed.data(), index -> tensor.data()[index - 2 * (index % width) + width - 1]);
            return reversed;
        }

        /** The last two axes swapped; both have one length. */
        private static DoubleTensor transposed(DoubleTensor tensor) {
            int size = tensor.dim(-1);
            DoubleTensor transposed = DoubleTensor.zeros(tensor.shape());
            Arrays.setAll(transposed.data(), index -> {
                int row = index / size % size;
                int column = index % size;
                return tensor.data()[index + (column - row) * size + row - column];
            });
            return transposed;
        }
    }

    @ParameterizedTest
    @EnumSource
    void fault_isSeen(Fault fault) {
        AttentionVariant variant = fault.sample.variant();
        Map<AttentionWeight, DoubleTensor> weights = ReferenceRun.weights(variant, 11);
        AttentionReference.Input input = TorchComparison.input(variant.heads(), 12);
        DoubleTensor reference = TorchComparison.onReference(variant, weights, input);

        DoubleTensor torch = TorchComparison.onTorch(fault.variant.apply(variant), fault.weights.apply(weights), input);

        assertThatThrownBy(() -> TorchComparison.assertClose(reference, torch, 1e-3))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("elements differ by more than");
    }
}

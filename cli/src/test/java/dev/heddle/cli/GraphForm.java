package dev.heddle.cli;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.ContextNorm;
import dev.heddle.models.attention.Gate;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.ReferenceRun;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.attention.VariantSamples;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.runtime.session.OpsMode;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** One sample in one form. */
record GraphForm(VariantSamples sample, int opset, FunctionStyle style, ElementPrecision precision, KvCache cache) {

    private static final int TOKENS = 17;

    /** What the CPU provider of ONNX Runtime 1.28 lacks; {@link GraphParityTest} has a test that it still does. */
    private static final String NO_BFLOAT16 = "ONNX Runtime has no kernel of %s for bfloat16 on CPU";

    static Stream<GraphForm> all(FunctionStyle... styles) {
        return Arrays.stream(VariantSamples.values()).flatMap(sample -> Stream.of(21, 23)
                .flatMap(opset -> Arrays.stream(styles).flatMap(style -> Arrays.stream(ElementPrecision.values())
                        .flatMap(precision -> Stream.of(new KvCache.Dynamic(), new KvCache.Static(TOKENS + 3))
                                .map(cache -> new GraphForm(sample, opset, style, precision, cache))))));
    }

    /** The sample; without RoPE where only our kernels can compute in its element type, for RoPE is no operator of ours. */
    AttentionVariant variant() {
        if (precision != ElementPrecision.BFLOAT16 || !(sample.variant() instanceof SoftmaxAttention attention)) {
            return sample.variant();
        }
        return new SoftmaxAttention(
                attention.heads(),
                new Positions.None(),
                attention.mask(),
                attention.shift(),
                attention.preConvolution(),
                attention.preMix(),
                attention.postConvolution(),
                attention.postMix(),
                attention.norm(),
                attention.gate());
    }

    /** Why this form cannot run; empty if it can. */
    Optional<String> gap(OpsMode ops) {
        if (precision != ElementPrecision.BFLOAT16) {
            return Optional.empty();
        }
        if (ops == OpsMode.PORTABLE) {
            return Optional.of(NO_BFLOAT16.formatted("Mul and Where, which function bodies use,"));
        }
        if (!(sample.variant() instanceof SoftmaxAttention)) {
            return Optional.of(NO_BFLOAT16.formatted("Mul, and this variant has no kernel of ours"));
        }
        return usesStandardAttention()
                ? Optional.of(NO_BFLOAT16.formatted("Where, which stands after ONNX's own Attention,"))
                : Optional.empty();
    }

    /** Whether the graph has ONNX's own {@code Attention} and no operator of ours for it. */
    boolean usesStandardAttention() {
        return opset >= 23
                && sample.variant() instanceof SoftmaxAttention attention
                && attention.hasPlainScores()
                && attention.norm() instanceof ContextNorm.None
                && attention.gate() instanceof Gate.None;
    }

    /** Weights that the element type can hold. */
    Map<AttentionWeight, DoubleTensor> weights() {
        Map<AttentionWeight, DoubleTensor> weights = ReferenceRun.weights(variant(), 7);
        weights.replaceAll((weight, tensor) -> precision.rounded(tensor));
        return weights;
    }

    /** The reference on inputs that the element type can hold. */
    ReferenceRun reference() {
        ReferenceRun run = ReferenceRun.seeded(variant(), weights(), TOKENS);
        return new ReferenceRun(
                run.variant(),
                run.reference(),
                precision.rounded(run.q()),
                precision.rounded(run.k()),
                precision.rounded(run.v()));
    }

    /** NaN is never close. */
    boolean isClose(DoubleTensor actual, DoubleTensor expected) {
        double size = Arrays.stream(expected.data()).map(Math::abs).max().orElse(0);
        return largestDifference(actual, expected) <= precision.tolerance() * Math.max(1, size);
    }

    static double largestDifference(DoubleTensor actual, DoubleTensor expected) {
        double largest = 0;
        for (int i = 0; i < expected.data().length; i++) {
            largest = Math.max(largest, Math.abs(actual.data()[i] - expected.data()[i]));
        }
        return largest;
    }
}

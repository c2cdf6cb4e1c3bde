package dev.heddle.cli;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.ContextNorm;
import dev.heddle.models.attention.Gate;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.attention.ReferenceRun;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.attention.VariantSamples;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/** One sample in one form. */
record GraphForm(VariantSamples sample, int opset, FunctionStyle style, ElementPrecision precision, KvCache cache) {

    private static final int TOKENS = 17;

    static Stream<GraphForm> all(FunctionStyle... styles) {
        return Arrays.stream(VariantSamples.values()).flatMap(sample -> Stream.of(21, 23)
                .flatMap(opset -> Arrays.stream(styles).flatMap(style -> Arrays.stream(ElementPrecision.values())
                        .flatMap(precision -> Stream.of(new KvCache.Dynamic(), new KvCache.Static(TOKENS + 3))
                                .map(cache -> new GraphForm(sample, opset, style, precision, cache))))));
    }

    AttentionVariant variant() {
        return sample.variant();
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

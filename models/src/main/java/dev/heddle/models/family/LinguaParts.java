package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.ContextNorm;
import dev.heddle.models.attention.DepthScale;
import dev.heddle.models.attention.Gate;
import dev.heddle.models.attention.HeadMix;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.ScoreConvolution;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.weight.Weight;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the {@code mta} section of lingua's {@code params.json} puts into the attention of each layer.
 *
 * @param convolvingLayers the layers with the two convolutions; all other parts are in every layer
 * @param storedPostMix where the mix after the softmax is stored, if there is one
 * @param depthScaledContext whether the norm of the context is scaled by the layer's depth factor
 * @param depthScaledNorms whether both norms around the layer's blocks are scaled by it
 */
record LinguaParts(
        Set<Integer> convolvingLayers,
        ScoreConvolution preConvolution,
        HeadMix preMix,
        ScoreConvolution postConvolution,
        HeadMix postMix,
        LinguaMix storedPostMix,
        boolean contextNorm,
        boolean depthScaledContext,
        boolean depthScaledNorms,
        Gate gate) {

    /** Fixed in the source, whatever the model's own epsilon. */
    private static final double CONTEXT_EPSILON = 1e-5;

    SoftmaxAttention variant(int layer, Heads heads, Positions positions) {
        boolean convolves = convolvingLayers.contains(layer);
        return SoftmaxAttention.builder(heads)
                .positions(positions)
                .preConvolution(convolves ? preConvolution : new ScoreConvolution.None())
                .preMix(preMix)
                .postConvolution(convolves ? postConvolution : new ScoreConvolution.None())
                .postMix(postMix)
                .norm(norm(layer))
                .gate(gate)
                .build();
    }

    private ContextNorm norm(int layer) {
        return contextNorm
                ? new ContextNorm.PerHeadRms(CONTEXT_EPSILON, depthScaledContext ? DepthScale.factor(layer) : 1)
                : new ContextNorm.None();
    }

    /** Where the weights of that variant are stored. */
    SortedMap<AttentionWeight, Weight> weights(SoftmaxAttention variant, String path) {
        SortedMap<AttentionWeight, Weight> weights = new TreeMap<>();
        variant.weights().forEach((weight, shape) -> weights.put(weight, weight(weight, shape, variant.heads(), path)));
        return weights;
    }

    private Weight weight(AttentionWeight weight, Shape shape, Heads heads, String path) {
        int mixSize = weight == AttentionWeight.PRE_MIX || weight == AttentionWeight.POST_MIX
                ? Math.toIntExact(shape.lengths()[1])
                : 0;
        return switch (weight) {
            case PRE_KERNEL -> new Weight.Stored(path + ".mta_kernel", shape);
            case POST_KERNEL -> new Weight.Stored(path + ".mta_kernel_after_sm", shape);
            case PRE_MIX -> LinguaMix.WPSM.weight(path, heads, mixSize);
            case POST_MIX -> storedPostMix.weight(path, heads, mixSize);
            case NORM -> new Weight.Stored(path + ".subln.weight", shape);
            case GATE_WEIGHT -> new Weight.Stored(path + ".gate.weight", shape);
            case GATE_BIAS -> new Weight.Stored(path + ".gate.bias", shape);
            case KEY_SHIFT, VALUE_SHIFT, LAMBDA_Q1, LAMBDA_K1, LAMBDA_Q2, LAMBDA_K2 ->
                throw new IllegalStateException("lingua has no tensor for " + weight);
        };
    }
}

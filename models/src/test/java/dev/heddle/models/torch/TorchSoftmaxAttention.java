package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.ContextNorm;
import dev.heddle.models.attention.Gate;
import dev.heddle.models.attention.HeadMix;
import dev.heddle.models.attention.KeyValueShift;
import dev.heddle.models.attention.ScoreConvolution;
import dev.heddle.models.attention.SoftmaxAttention;
import java.util.Map;

/**
 * Softmax attention with the parts of Multi-Token Attention and KV shifting, in the order of Golovneva et al. 2025
 * (arXiv 2504.00927), section 3.3 and figure 1, after the shift of Xu et al. 2024 (arXiv 2411.19574), section 2.2.
 */
record TorchSoftmaxAttention(SoftmaxAttention variant, Map<AttentionWeight, NDArray> weights)
        implements TorchAttention {

    @Override
    public NDArray context(Input input) {
        int group = variant.heads().query() / variant.heads().keyValue();
        NDArray q = TorchAttention.splitHeads(input.q(), variant.heads().query());
        NDArray k = TorchAttention.splitHeads(input.k(), variant.heads().keyValue());
        NDArray v = TorchAttention.splitHeads(input.v(), variant.heads().keyValue());
        if (variant.shift() instanceof KeyValueShift.Taps) {
            k = TorchShift.apply(k, weights.get(AttentionWeight.KEY_SHIFT), input.real());
            v = TorchShift.apply(v, weights.get(AttentionWeight.VALUE_SHIFT), input.real());
        }
        q = TorchRope.rotate(variant.positions(), q, input.positions());
        // Grouped queries: each key/value head serves `group` consecutive query heads.
        k = TorchRope.rotate(variant.positions(), k, input.positions()).repeat(1, group);
        v = v.repeat(1, group);
        NDArray scores =
                q.matMul(k.swapAxes(2, 3)).div(Math.sqrt(variant.heads().size()));
        NDArray attended =
                weights(scores, TorchMask.of(variant.mask(), input.real())).matMul(v);
        return TorchAttention.joinHeads(gate(normalise(attended)));
    }

    /** Final attention weights: mix_post(mask0(conv_post(softmax(mix_pre(conv_pre(mask0(S))))))). */
    private NDArray weights(NDArray scores, TorchMask mask) {
        NDArray logits = mix(
                convolve(mask.zero(scores), variant.preConvolution(), AttentionWeight.PRE_KERNEL),
                variant.preMix(),
                AttentionWeight.PRE_MIX);
        NDArray convolved = convolve(mask.softmax(logits), variant.postConvolution(), AttentionWeight.POST_KERNEL);
        return mix(mask.zero(convolved), variant.postMix(), AttentionWeight.POST_MIX);
    }

    private NDArray convolve(NDArray scores, ScoreConvolution convolution, AttentionWeight kernel) {
        return convolution instanceof ScoreConvolution.KeyQuery keyQuery
                ? TorchScoreConvolution.apply(scores, weights.get(kernel), keyQuery.padding())
                : scores;
    }

    private NDArray mix(NDArray scores, HeadMix mix, AttentionWeight weight) {
        return mix instanceof HeadMix.Grouped ? TorchHeadMix.apply(scores, weights.get(weight)) : scores;
    }

    /** "Group normalisation": RMSNorm of each head over d with one weight for all heads, times the depth factor. */
    private NDArray normalise(NDArray context) {
        return variant.norm() instanceof ContextNorm.PerHeadRms norm
                ? TorchNorm.rms(context, norm.epsilon())
                        .mul(weights.get(AttentionWeight.NORM))
                        .mul(norm.scale())
                : context;
    }

    /** Times sigmoid(Linear(d to 1, or to d)) of the normalised context. */
    private NDArray gate(NDArray context) {
        if (variant.gate() instanceof Gate.None) {
            return context;
        }
        NDArray logits = Linear.linear(
                        context, weights.get(AttentionWeight.GATE_WEIGHT), weights.get(AttentionWeight.GATE_BIAS))
                .singletonOrThrow();
        return context.mul(Activation.sigmoid(logits));
    }
}

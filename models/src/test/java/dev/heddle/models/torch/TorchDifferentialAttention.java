package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.DifferentialAttention;
import dev.heddle.models.attention.Mask;
import java.util.Map;

/** DIFF attention as transformers' {@code diffllama} computes it. Ye et al. 2024 (arXiv 2410.05258), section 2.1. */
record TorchDifferentialAttention(DifferentialAttention variant, Map<AttentionWeight, NDArray> weights)
        implements TorchAttention {

    @Override
    public NDArray context(Input input) {
        int keyHeads = variant.heads().keyValue();
        int group = variant.heads().query() / keyHeads;
        NDArray q = TorchRope.rotate(
                variant.positions(),
                TorchAttention.splitHeads(input.q(), variant.heads().query()),
                input.positions());
        NDArray k = TorchRope.rotate(
                variant.positions(), TorchAttention.splitHeads(input.k(), keyHeads), input.positions());
        NDArray scores = q.matMul(k.repeat(1, group).swapAxes(2, 3))
                .div(Math.sqrt(variant.heads().size()));
        NDArray attention = TorchMask.of(new Mask.Causal(), input.real()).softmax(scores);
        NDArray attended = attention.matMul(wideValues(input.v(), keyHeads, group));
        NDList halves = attended.split(2, 1);
        NDArray difference = halves.get(0).sub(halves.get(1).mul(lambda()));
        return TorchAttention.joinHeads(
                TorchNorm.rms(difference, variant.epsilon()).mul(1 - variant.lambdaInit()));
    }

    /** The two halves of the value heads, each repeated as h0, h1, ..., h0, h1, ..., side by side: [B, Hq, T, 2d]. */
    private static NDArray wideValues(NDArray v, int keyHeads, int group) {
        NDList halves = TorchAttention.splitHeads(v, keyHeads).split(2, 1);
        NDArray first = halves.get(0).concat(halves.get(0), 1);
        NDArray second = halves.get(1).concat(halves.get(1), 1);
        return first.concat(second, 3).repeat(1, group);
    }

    /** exp(lambda_q1 . lambda_k1) - exp(lambda_q2 . lambda_k2) + lambda_init; eq. 2. */
    private NDArray lambda() {
        NDArray first = weights.get(AttentionWeight.LAMBDA_Q1)
                .mul(weights.get(AttentionWeight.LAMBDA_K1))
                .sum();
        NDArray second = weights.get(AttentionWeight.LAMBDA_Q2)
                .mul(weights.get(AttentionWeight.LAMBDA_K2))
                .sum();
        return first.exp().sub(second.exp()).add(variant.lambdaInit());
    }
}

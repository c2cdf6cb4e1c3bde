package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.DifferentialAttention;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Map;
import java.util.TreeMap;

/** One attention on PyTorch over whole sequences, written from the papers; shares only names with the reference. */
interface TorchAttention {

    /** [B, T, Hq * d]; zeros in the rows of padding. */
    NDArray context(Input input);

    /**
     * @param q [B, T, Hq * d], projected, before shift and RoPE
     * @param k [B, T, Hkv * d]
     * @param v [B, T, Hkv * d]
     * @param real bool [B, T]
     * @param positions int64 [B, T]
     */
    record Input(NDArray q, NDArray k, NDArray v, NDArray real, NDArray positions) {}

    static TorchAttention of(NDManager manager, AttentionVariant variant, Map<AttentionWeight, DoubleTensor> weights) {
        Map<AttentionWeight, NDArray> arrays = new TreeMap<>();
        weights.forEach((weight, tensor) -> arrays.put(weight, TorchArrays.of(manager, tensor)));
        return of(variant, arrays);
    }

    static TorchAttention of(AttentionVariant variant, Map<AttentionWeight, NDArray> weights) {
        if (variant instanceof DifferentialAttention differential) {
            return new TorchDifferentialAttention(differential, weights);
        }
        return new TorchSoftmaxAttention((SoftmaxAttention) variant, weights);
    }

    /** [B, T, H * d] as [B, H, T, d]. */
    static NDArray splitHeads(NDArray x, long heads) {
        return x.reshape(x.getShape().get(0), x.getShape().get(1), heads, -1).transpose(0, 2, 1, 3);
    }

    /** [B, H, T, d] as [B, T, H * d]. */
    static NDArray joinHeads(NDArray x) {
        return x.transpose(0, 2, 1, 3).reshape(x.getShape().get(0), x.getShape().get(2), -1);
    }
}

package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;

/**
 * Linear mix of consecutive groups of heads at every cell: new[o] = sum_n w[o, n] old[n]. Golovneva et al. 2025 (arXiv
 * 2504.00927), eq. 7.
 */
final class TorchHeadMix {

    private TorchHeadMix() {}

    /**
     * @param scores [B, H, T, T]
     * @param mix [H / size, size, size] as [group, out, in]
     */
    static NDArray apply(NDArray scores, NDArray mix) {
        long batch = scores.getShape().get(0);
        long groups = mix.getShape().get(0);
        long size = mix.getShape().get(1);
        NDArray byGroup = scores.reshape(batch, groups, size, -1);
        return mix.matMul(byGroup).reshape(scores.getShape());
    }
}

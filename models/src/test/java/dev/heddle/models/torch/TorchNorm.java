package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;

/** RMSNorm without its weight: x / sqrt(mean(x^2) + epsilon) over the last axis. Zhang and Sennrich 2019, eq. 4. */
final class TorchNorm {

    private TorchNorm() {}

    static NDArray rms(NDArray x, double epsilon) {
        return x.div(x.square().mean(new int[] {-1}, true).add(epsilon).sqrt());
    }
}

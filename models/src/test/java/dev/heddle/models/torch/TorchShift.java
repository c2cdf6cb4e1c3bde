package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;

/**
 * KV shifting as a causal depth-wise correlation over the tokens, zeros before the start: Xu et al. 2024 (arXiv
 * 2411.19574), section 2.2 and appendix F.
 */
final class TorchShift {

    private TorchShift() {}

    /**
     * @param raw [B, Hkv, T, d], before RoPE
     * @param taps [Hkv, w], the current token last
     * @param real bool [B, T]; raw rows of padding count as 0
     */
    static NDArray apply(NDArray raw, NDArray taps, NDArray real) {
        long heads = taps.getShape().get(0);
        long width = taps.getShape().get(1);
        NDArray rows = raw.mul(real.expandDims(1).expandDims(3));
        NDArray padded = rows.pad(new Shape(0, 0, width - 1, 0), 0);
        NDArray kernel = taps.reshape(heads, 1, width, 1);
        return Conv2d.conv2d(
                        padded, kernel, null, new Shape(1, 1), new Shape(0, 0), new Shape(1, 1), Math.toIntExact(heads))
                .singletonOrThrow();
    }
}

package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import dev.heddle.models.attention.KeyPadding;

/**
 * The key-query convolution of Multi-Token Attention: torch's depth-wise {@code conv2d} over (query, key), one kernel
 * per head. Golovneva et al. 2025 (arXiv 2504.00927), eq. 5; kernels as facebookresearch/RAM stores them, the last row
 * being the current query.
 */
final class TorchScoreConvolution {

    private TorchScoreConvolution() {}

    /**
     * @param scores [B, H, T, T], masked with 0
     * @param kernel [H, 1, cq, ck]
     */
    static NDArray apply(NDArray scores, NDArray kernel, KeyPadding padding) {
        long rows = kernel.getShape().get(2);
        long columns = kernel.getShape().get(3);
        long left = left(padding, columns);
        // As torch.nn.functional.pad has it: last axis first. No query after the current one is ever read.
        NDArray padded = scores.pad(new Shape(left, columns - 1 - left, rows - 1, 0), 0);
        int heads = Math.toIntExact(kernel.getShape().get(0));
        return Conv2d.conv2d(padded, kernel, null, new Shape(1, 1), new Shape(0, 0), new Shape(1, 1), heads)
                .singletonOrThrow();
    }

    /** For an even width and {@code both}, eq. 4: offsets -(ck/2 - 1) to ck/2. */
    private static long left(KeyPadding padding, long columns) {
        return switch (padding) {
            case BOTH -> columns % 2 == 1 ? columns / 2 : columns / 2 - 1;
            case LEFT -> columns - 1;
            case RIGHT -> 0;
        };
    }
}

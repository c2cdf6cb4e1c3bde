package dev.heddle.models.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.RopeScaling;

/**
 * Rotary embedding: angle of pair m = position * theta^(-2m/d). Interleaved pairs (2m, 2m + 1) as in Su et al. 2021,
 * section 3.4.2, or rotate-half (m, m + d/2) as in GPT-NeoX.
 */
final class TorchRope {

    private TorchRope() {}

    /**
     * @param x [B, H, T, d]
     * @param time int64 [B, T]
     */
    static NDArray rotate(Positions positions, NDArray x, NDArray time) {
        if (!(positions instanceof Positions.Rope rope)) {
            return x;
        }
        if (!(rope.scaling() instanceof RopeScaling.None)) {
            throw new IllegalArgumentException("PyTorch's side knows no scaling of RoPE, got " + rope.scaling());
        }
        NDArray angles = angles(x.getManager(), rope.base(), x.getShape().get(3), time);
        return switch (rope.style()) {
            case INTERLEAVED -> interleaved(x, angles);
            case ROTATE_HALF -> rotateHalf(x, angles);
        };
    }

    /** [B, 1, T, d / 2]. */
    private static NDArray angles(NDManager manager, double theta, long size, NDArray time) {
        NDArray exponents = manager.arange(0, size, 2, DataType.FLOAT64).div(-(double) size);
        NDArray frequencies = manager.full(exponents.getShape(), 0, DataType.FLOAT64)
                .add(theta)
                .pow(exponents);
        return time.toType(DataType.FLOAT64, true).expandDims(1).expandDims(3).mul(frequencies);
    }

    private static NDArray interleaved(NDArray x, NDArray angles) {
        NDList pair = x.reshape(
                        x.getShape().get(0), x.getShape().get(1), x.getShape().get(2), -1, 2)
                .split(2, 4);
        NDArray even = pair.get(0).squeeze(4);
        NDArray odd = pair.get(1).squeeze(4);
        NDArray turnedEven = even.mul(angles.cos()).sub(odd.mul(angles.sin()));
        NDArray turnedOdd = even.mul(angles.sin()).add(odd.mul(angles.cos()));
        return NDArrays.stack(new NDList(turnedEven, turnedOdd), 4).reshape(x.getShape());
    }

    /** x cos + rotate_half(x) sin, rotate_half(x) = (-second half, first half). */
    private static NDArray rotateHalf(NDArray x, NDArray angles) {
        NDList halves = x.split(2, 3);
        NDArray turned = halves.get(1).neg().concat(halves.get(0), 3);
        NDArray both = angles.concat(angles, 3);
        return x.mul(both.cos()).add(turned.mul(both.sin()));
    }
}

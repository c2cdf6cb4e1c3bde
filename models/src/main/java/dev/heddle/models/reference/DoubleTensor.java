package dev.heddle.models.reference;

import java.util.Arrays;

/**
 * A dense row-major float64 tensor; at most 2^31 - 1 elements. Its array is not copied: do not change it after construction.
 *
 * @param shape axis lengths, outermost first
 */
public record DoubleTensor(int[] shape, double[] data) {

    public DoubleTensor {
        long elements = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
        if (elements != data.length) {
            throw new IllegalArgumentException(
                    "shape " + Arrays.toString(shape) + " has " + elements + " elements, got " + data.length);
        }
    }

    public static DoubleTensor zeros(int... shape) {
        return new DoubleTensor(shape, new double[Arrays.stream(shape).reduce(1, Math::multiplyExact)]);
    }
}

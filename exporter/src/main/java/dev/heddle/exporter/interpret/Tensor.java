package dev.heddle.exporter.interpret;

import dev.heddle.exporter.graph.DType;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * A value of a graph while it is interpreted: row-major, every element as a double, at most 2^31 - 1 of them. Its arrays are not copied: do not change them.
 *
 * @param dtype what the graph calls it; floats are not rounded to it, bools are 0 and 1, integers are exact up to 2^53
 * @param shape axis lengths, outermost first
 */
public record Tensor(DType dtype, int[] shape, double[] data) {

    public Tensor {
        if (count(shape) != data.length) {
            throw new IllegalArgumentException(
                    "shape " + Arrays.toString(shape) + " has " + count(shape) + " elements, got " + data.length);
        }
    }

    static Tensor zeros(DType dtype, int... shape) {
        return new Tensor(dtype, shape, new double[count(shape)]);
    }

    /** One axis of int64. */
    static Tensor integers(int... values) {
        return new Tensor(
                DType.INT64,
                new int[] {values.length},
                Arrays.stream(values).asDoubleStream().toArray());
    }

    static int count(int[] shape) {
        return Math.toIntExact(Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact));
    }

    int rank() {
        return shape.length;
    }

    /** The axis' length; a negative axis counts from the end. */
    int dim(int axis) {
        return shape[axis(axis)];
    }

    /** As an axis from 0. */
    int axis(long axis) {
        if (axis < -rank() || axis >= rank()) {
            throw new IllegalArgumentException("axis " + axis + " does not exist in " + this);
        }
        return (int) (axis < 0 ? axis + rank() : axis);
    }

    /** Elements inside one step of an axis. */
    int inner(int axis) {
        return count(Arrays.copyOfRange(shape, axis + 1, rank()));
    }

    /** Steps of all axes before this one. */
    int outer(int axis) {
        return count(Arrays.copyOf(shape, axis));
    }

    /** The elements of a list of integers. */
    long[] longs() {
        return Arrays.stream(data).mapToLong(value -> (long) value).toArray();
    }

    Tensor reshaped(int... newShape) {
        return new Tensor(dtype, newShape, data);
    }

    Tensor as(DType type) {
        return new Tensor(type, shape, data);
    }

    /** Each element on its own; large tensors on several threads. */
    Tensor map(DoubleUnaryOperator function) {
        double[] out = new double[data.length];
        IntStream range = IntStream.range(0, out.length);
        (out.length > 1 << 14 ? range.parallel() : range).forEach(i -> out[i] = function.applyAsDouble(data[i]));
        return new Tensor(dtype, shape, out);
    }

    /** Type and shape, as in {@code float[2, 7]}. */
    @Override
    public String toString() {
        return dtype.onnxName() + Arrays.toString(shape);
    }
}

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

    /** The axis' length; a negative axis counts from the end. */
    public int dim(int axis) {
        return shape[axis < 0 ? axis + shape.length : axis];
    }

    /** The element at this index; one number per axis. */
    public double at(int... index) {
        return data[offset(index)];
    }

    /** Where the block at this index (of the first axes) begins in {@link #data}. */
    public int offset(int... index) {
        int offset = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            offset = offset * shape[axis] + (axis < index.length ? index[axis] : 0);
        }
        return offset;
    }

    /** A copy of the last axis at this index of the others. */
    public double[] row(int... index) {
        int from = offset(index);
        return Arrays.copyOfRange(data, from, from + dim(-1));
    }

    /** [B, n, H * d] as [B, H, n, d]. */
    public DoubleTensor splitHeads(int heads) {
        DoubleTensor split = zeros(shape[0], heads, shape[1], shape[2] / heads);
        split.exchangeHeads(this, true);
        return split;
    }

    /** [B, H, n, d] as [B, n, H * d]. */
    public DoubleTensor joinHeads() {
        DoubleTensor joined = zeros(shape[0], shape[2], shape[1] * shape[3]);
        exchangeHeads(joined, false);
        return joined;
    }

    private void exchangeHeads(DoubleTensor joined, boolean split) {
        for (int batch = 0; batch < shape[0]; batch++) {
            for (int head = 0; head < shape[1]; head++) {
                for (int row = 0; row < shape[2]; row++) {
                    int here = offset(batch, head, row, 0);
                    int there = joined.offset(batch, row, head * shape[3]);
                    if (split) {
                        System.arraycopy(joined.data, there, data, here, shape[3]);
                    } else {
                        System.arraycopy(data, here, joined.data, there, shape[3]);
                    }
                }
            }
        }
    }

    /** Both tensors one after the other along the second axis from the end; the other axes must agree. */
    public DoubleTensor appendRows(DoubleTensor more) {
        int first = dim(-2) * dim(-1);
        int second = more.dim(-2) * more.dim(-1);
        DoubleTensor both = zeros(withRows(dim(-2) + more.dim(-2)));
        for (int block = 0; block < blocks(); block++) {
            System.arraycopy(data, block * first, both.data, block * (first + second), first);
            System.arraycopy(more.data, block * second, both.data, block * (first + second) + first, second);
        }
        return both;
    }

    /** The last {@code count} rows (second axis from the end), or all of them if there are fewer. */
    public DoubleTensor lastRows(int count) {
        int kept = Math.min(count, dim(-2));
        DoubleTensor last = zeros(withRows(kept));
        int all = dim(-2) * dim(-1);
        int part = kept * dim(-1);
        for (int block = 0; block < blocks(); block++) {
            System.arraycopy(data, (block + 1) * all - part, last.data, block * part, part);
        }
        return last;
    }

    private int blocks() {
        return Arrays.stream(shape, 0, shape.length - 2).reduce(1, Math::multiplyExact);
    }

    private int[] withRows(int rows) {
        int[] changed = shape.clone();
        changed[changed.length - 2] = rows;
        return changed;
    }
}

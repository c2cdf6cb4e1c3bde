package dev.heddle.exporter.interpret;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators that move elements and compute nothing. */
final class Layout {

    private Layout() {}

    static Tensor shape(NodeCall call) {
        Tensor x = call.input(0);
        int start = clamp(call.integer("start", 0), x.rank());
        int end = clamp(call.integer("end", x.rank()), x.rank());
        return Tensor.integers(Arrays.copyOfRange(x.shape(), start, Math.max(start, end)));
    }

    private static int clamp(long position, int length) {
        long from = position < 0 ? position + length : position;
        return (int) Math.max(0, Math.min(from, length));
    }

    static Tensor reshape(NodeCall call) {
        Tensor x = call.input(0);
        long[] wanted = call.input(1).longs();
        int[] shape = new int[wanted.length];
        int open = -1;
        int known = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            boolean copied = wanted[axis] == 0 && call.integer("allowzero", 0) == 0;
            shape[axis] = copied ? x.shape()[axis] : (int) wanted[axis];
            if (wanted[axis] == -1) {
                open = axis;
            } else {
                known *= shape[axis];
            }
        }
        if (open >= 0) {
            shape[open] = known == 0 ? 0 : x.data().length / known;
        }
        return x.reshaped(shape);
    }

    static Tensor transpose(NodeCall call) {
        Tensor x = call.input(0);
        long[] order = call.integers("perm").orElseGet(() -> LongStream.range(0, x.rank())
                .map(axis -> x.rank() - 1 - axis)
                .toArray());
        int[] shape = new int[x.rank()];
        int[] steps = new int[x.rank()];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = x.shape()[(int) order[axis]];
            steps[axis] = x.inner((int) order[axis]);
        }
        return gathered(x, shape, steps);
    }

    /** The elements at the sum of index times step over the axes of a new shape. */
    private static Tensor gathered(Tensor x, int[] shape, int[] steps) {
        double[] out = new double[Tensor.count(shape)];
        int[] index = new int[shape.length];
        int from = 0;
        for (int i = 0; i < out.length; i++) {
            out[i] = x.data()[from];
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                from += steps[axis];
                if (++index[axis] < shape[axis]) {
                    break;
                }
                from -= steps[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return new Tensor(x.dtype(), shape, out);
    }

    static Tensor concat(NodeCall call) {
        Tensor first = call.input(0);
        int axis = first.axis(call.integer("axis", 0));
        int[] shape = first.shape().clone();
        shape[axis] = 0;
        for (int i = 0; i < call.inputs().size(); i++) {
            shape[axis] += call.input(i).dim(axis);
        }
        Tensor out = Tensor.zeros(first.dtype(), shape);
        int width = shape[axis] * first.inner(axis);
        int at = 0;
        for (int i = 0; i < call.inputs().size(); i++) {
            Tensor part = call.input(i);
            int partWidth = part.dim(axis) * part.inner(axis);
            for (int outer = 0; outer < part.outer(axis); outer++) {
                System.arraycopy(part.data(), outer * partWidth, out.data(), outer * width + at, partWidth);
            }
            at += partWidth;
        }
        return out;
    }

    static List<Tensor> split(NodeCall call) {
        Tensor x = call.input(0);
        int axis = x.axis(call.integer("axis", 0));
        int equal = (x.dim(axis) + call.outputs() - 1) / Math.max(1, call.outputs());
        List<Tensor> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < call.outputs(); i++) {
            int index = i;
            int length = call.optional(1)
                    .map(sizes -> (int) sizes.longs()[index])
                    .orElse(Math.min(equal, x.dim(axis) - from));
            parts.add(sliced(x, axis, from, length, 1));
            from += length;
        }
        return parts;
    }

    static Tensor slice(NodeCall call) {
        Tensor out = call.input(0);
        long[] starts = call.input(1).longs();
        long[] ends = call.input(2).longs();
        for (int i = 0; i < starts.length; i++) {
            int index = i;
            int axis =
                    out.axis(call.optional(3).map(axes -> axes.longs()[index]).orElse((long) index));
            long step = call.optional(4).map(steps -> steps.longs()[index]).orElse(1L);
            if (step < 1) {
                throw new IllegalArgumentException("Slice with step " + step + " is not known");
            }
            int from = clamp(starts[i], out.dim(axis));
            int to = clamp(ends[i], out.dim(axis));
            out = sliced(out, axis, from, (int) Math.max(0, (to - from + step - 1) / step), (int) step);
        }
        return out;
    }

    private static Tensor sliced(Tensor x, int axis, int from, int length, int step) {
        int[] shape = x.shape().clone();
        shape[axis] = length;
        Tensor out = Tensor.zeros(x.dtype(), shape);
        int inner = x.inner(axis);
        for (int outer = 0; outer < x.outer(axis); outer++) {
            for (int i = 0; i < length; i++) {
                int source = (outer * x.dim(axis) + from + i * step) * inner;
                System.arraycopy(x.data(), source, out.data(), (outer * length + i) * inner, inner);
            }
        }
        return out;
    }

    static Tensor unsqueeze(NodeCall call) {
        Tensor x = call.input(0);
        long[] axes = call.input(1).longs();
        int rank = x.rank() + axes.length;
        boolean[] added = new boolean[rank];
        for (long axis : axes) {
            added[(int) (axis < 0 ? axis + rank : axis)] = true;
        }
        int[] shape = new int[rank];
        int next = 0;
        for (int axis = 0; axis < rank; axis++) {
            shape[axis] = added[axis] ? 1 : x.shape()[next++];
        }
        return x.reshaped(shape);
    }

    static Tensor squeeze(NodeCall call) {
        Tensor x = call.input(0);
        boolean[] removed = new boolean[x.rank()];
        if (call.optional(1).isPresent()) {
            for (long axis : call.input(1).longs()) {
                removed[x.axis(axis)] = true;
            }
        } else {
            for (int axis = 0; axis < removed.length; axis++) {
                removed[axis] = x.shape()[axis] == 1;
            }
        }
        int[] kept = IntStream.range(0, x.rank())
                .filter(axis -> !removed[axis])
                .map(axis -> x.shape()[axis])
                .toArray();
        return x.reshaped(kept);
    }

    static Tensor range(NodeCall call) {
        double start = call.input(0).data()[0];
        double step = call.input(2).data()[0];
        int count = (int) Math.max(0, Math.ceil((call.input(1).data()[0] - start) / step));
        double[] values = new double[count];
        Arrays.setAll(values, i -> start + i * step);
        return new Tensor(call.input(0).dtype(), new int[] {count}, values);
    }

    static Tensor pad(NodeCall call) {
        Tensor x = call.input(0);
        long[] pads = call.input(1).longs();
        double filling = call.optional(2).map(value -> value.data()[0]).orElse(0.0);
        Tensor out = x;
        for (int axis = 0; axis < x.rank(); axis++) {
            out = padded(out, axis, (int) pads[axis], (int) pads[axis + x.rank()], filling);
        }
        return out;
    }

    private static Tensor padded(Tensor x, int axis, int before, int after, double filling) {
        if (before == 0 && after == 0) {
            return x;
        }
        int[] shape = x.shape().clone();
        shape[axis] += before + after;
        Tensor out = Tensor.zeros(x.dtype(), shape);
        Arrays.fill(out.data(), filling);
        int inner = x.inner(axis);
        int width = x.dim(axis) * inner;
        for (int outer = 0; outer < x.outer(axis); outer++) {
            System.arraycopy(x.data(), outer * width, out.data(), (outer * shape[axis] + before) * inner, width);
        }
        return out;
    }

    static Tensor gather(NodeCall call) {
        Tensor x = call.input(0);
        Tensor indices = call.input(1);
        int axis = x.axis(call.integer("axis", 0));
        int inner = x.inner(axis);
        int[] shape = new int[x.rank() - 1 + indices.rank()];
        System.arraycopy(x.shape(), 0, shape, 0, axis);
        System.arraycopy(indices.shape(), 0, shape, axis, indices.rank());
        System.arraycopy(x.shape(), axis + 1, shape, axis + indices.rank(), x.rank() - axis - 1);
        Tensor out = Tensor.zeros(x.dtype(), shape);
        long[] rows = indices.longs();
        for (int outer = 0; outer < x.outer(axis); outer++) {
            for (int i = 0; i < rows.length; i++) {
                int row = index(rows[i], x.dim(axis));
                System.arraycopy(
                        x.data(),
                        (outer * x.dim(axis) + row) * inner,
                        out.data(),
                        (outer * rows.length + i) * inner,
                        inner);
            }
        }
        return out;
    }

    static Tensor gatherElements(NodeCall call) {
        Tensor x = call.input(0);
        Tensor indices = call.input(1);
        int axis = x.axis(call.integer("axis", 0));
        Tensor out = Tensor.zeros(x.dtype(), indices.shape());
        int[] at = new int[x.rank()];
        for (int i = 0; i < out.data().length; i++) {
            int offset = 0;
            for (int n = 0; n < at.length; n++) {
                int position = n == axis ? index((long) indices.data()[i], x.dim(axis)) : at[n];
                offset = offset * x.shape()[n] + position;
            }
            out.data()[i] = x.data()[offset];
            for (int n = at.length - 1; n >= 0 && ++at[n] == indices.shape()[n]; n--) {
                at[n] = 0;
            }
        }
        return out;
    }

    private static int index(long index, int length) {
        if (index < -length || index >= length) {
            throw new IllegalArgumentException("index " + index + " is not below " + length);
        }
        return (int) (index < 0 ? index + length : index);
    }
}

package dev.heddle.exporter.interpret;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/** Reductions, softmax, norms and rotation. */
final class Normalizing {

    private Normalizing() {}

    /** @param mean whether the sum is divided by the number of elements */
    static Tensor reduce(NodeCall call, double start, DoubleBinaryOperator operator, boolean mean) {
        Tensor x = call.input(0);
        boolean keep = call.integer("keepdims", 1) == 1;
        boolean[] reduced = new boolean[x.rank()];
        if (call.optional(1).isPresent()) {
            for (long axis : call.input(1).longs()) {
                reduced[x.axis(axis)] = true;
            }
        } else {
            Arrays.fill(reduced, true);
        }
        int[] kept = x.shape().clone();
        for (int axis = 0; axis < kept.length; axis++) {
            kept[axis] = reduced[axis] ? 1 : kept[axis];
        }
        double[] out = new double[Tensor.count(kept)];
        Arrays.fill(out, start);
        int[] steps = Elementwise.steps(kept, x.shape());
        int[] index = new int[x.rank()];
        for (double value : x.data()) {
            int at = 0;
            for (int axis = 0; axis < index.length; axis++) {
                at += index[axis] * steps[axis];
            }
            out[at] = operator.applyAsDouble(out[at], value);
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == x.shape()[axis]; axis--) {
                index[axis] = 0;
            }
        }
        if (mean) {
            int count = out.length == 0 ? 1 : x.data().length / out.length;
            Arrays.setAll(out, i -> out[i] / count);
        }
        int[] shape = keep
                ? kept
                : IntStream.range(0, x.rank())
                        .filter(axis -> !reduced[axis])
                        .map(axis -> x.shape()[axis])
                        .toArray();
        return new Tensor(x.dtype(), shape, out);
    }

    static Tensor softmax(NodeCall call) {
        Tensor x = call.input(0);
        int axis = x.axis(call.integer("axis", -1));
        if (axis != x.rank() - 1) {
            throw new IllegalArgumentException("Softmax over axis " + axis + " of " + x + " is not known");
        }
        return softmaxLast(x);
    }

    static Tensor softmaxLast(Tensor x) {
        int width = x.dim(-1);
        double[] out = new double[x.data().length];
        IntStream.range(0, width == 0 ? 0 : out.length / width).parallel().forEach(row -> {
            int from = row * width;
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = from; i < from + width; i++) {
                largest = Math.max(largest, x.data()[i]);
            }
            double sum = 0;
            for (int i = from; i < from + width; i++) {
                out[i] = Math.exp(x.data()[i] - largest);
                sum += out[i];
            }
            for (int i = from; i < from + width; i++) {
                out[i] /= sum;
            }
        });
        return new Tensor(x.dtype(), x.shape(), out);
    }

    /** Over the last axis only. */
    static Tensor rms(NodeCall call) {
        Tensor x = call.input(0);
        Tensor scale = call.input(1);
        if (x.axis(call.integer("axis", -1)) != x.rank() - 1) {
            throw new IllegalArgumentException("RMSNormalization over more than the last axis is not known");
        }
        double epsilon = call.real("epsilon", 1e-5);
        int width = x.dim(-1);
        double[] out = new double[x.data().length];
        for (int from = 0; from < out.length; from += width) {
            double squares = 0;
            for (int i = 0; i < width; i++) {
                squares += x.data()[from + i] * x.data()[from + i];
            }
            double factor = 1 / Math.sqrt(squares / width + epsilon);
            for (int i = 0; i < width; i++) {
                out[from + i] = x.data()[from + i] * factor * scale.data()[i];
            }
        }
        return new Tensor(x.dtype(), x.shape(), out);
    }

    /** x [batch, heads, length, size], tables [batch, length, size / 2]. */
    static Tensor rotary(NodeCall call) {
        Tensor x = call.input(0);
        Tensor cos = call.input(1);
        Tensor sin = call.input(2);
        if (x.rank() != 4 || cos.rank() != 3 || call.optional(3).isPresent()) {
            throw new IllegalArgumentException("RotaryEmbedding of " + x + " with tables " + cos + " is not known");
        }
        boolean interleaved = call.integer("interleaved", 0) == 1;
        int half = x.dim(3) / 2;
        double[] out = new double[x.data().length];
        for (int row = 0; row < out.length / Math.max(1, x.dim(3)); row++) {
            int token = row / x.dim(2) / x.dim(1) * x.dim(2) + row % x.dim(2);
            for (int i = 0; i < half; i++) {
                int first = row * x.dim(3) + (interleaved ? 2 * i : i);
                int second = first + (interleaved ? 1 : half);
                double c = cos.data()[token * half + i];
                double s = sin.data()[token * half + i];
                out[first] = x.data()[first] * c - x.data()[second] * s;
                out[second] = x.data()[second] * c + x.data()[first] * s;
            }
        }
        return new Tensor(x.dtype(), x.shape(), out);
    }
}

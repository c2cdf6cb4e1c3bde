package dev.heddle.exporter.interpret;

import dev.heddle.exporter.graph.TensorData;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Operators on a matrix that is too large to hold: its rows come by once, and each is used for all that needs it. */
final class StreamedWeights {

    private StreamedWeights() {}

    /**
     * The node's result, if it is one of those that can be computed from a stream.
     *
     * @param call with the streamed input absent
     * @param weight two axes
     * @param index of the streamed input
     */
    static Optional<Tensor> apply(NodeCall call, TensorData weight, int index) {
        if (call.opType().equals("MatMul") && index == 1) {
            return Optional.of(matMul(call.input(0), weight));
        }
        boolean transposed = call.integer("transB", 0) == 1 && call.integer("transA", 0) == 0;
        boolean plain = call.real("alpha", 1) == 1 && call.optional(2).isEmpty();
        if (call.opType().equals("Gemm") && index == 1 && transposed && plain) {
            return Optional.of(timesTransposed(call.input(0), weight));
        }
        if (call.opType().equals("Gather") && index == 0 && call.integer("axis", 0) == 0) {
            return Optional.of(gather(weight, call.input(1)));
        }
        return Optional.empty();
    }

    /** x [.., k] times weight [k, n]. */
    private static Tensor matMul(Tensor x, TensorData weight) {
        int k = x.dim(-1);
        int n = length(weight, 1);
        int rows = x.data().length / Math.max(1, k);
        double[] out = new double[Math.multiplyExact(rows, n)];
        stream(weight, n, (inner, row) -> {
            for (int token = 0; token < rows; token++) {
                double factor = x.data()[token * k + inner];
                for (int column = 0; column < n; column++) {
                    out[token * n + column] += factor * row[column];
                }
            }
        });
        return new Tensor(x.dtype(), shape(x, n), out);
    }

    /** x [m, k] times the transpose of weight [n, k]. */
    private static Tensor timesTransposed(Tensor x, TensorData weight) {
        int k = x.dim(-1);
        int n = length(weight, 0);
        int rows = x.data().length / Math.max(1, k);
        double[] out = new double[Math.multiplyExact(rows, n)];
        stream(weight, k, (column, row) -> {
            for (int token = 0; token < rows; token++) {
                double sum = 0;
                for (int inner = 0; inner < k; inner++) {
                    sum += x.data()[token * k + inner] * row[inner];
                }
                out[token * n + column] = sum;
            }
        });
        return new Tensor(x.dtype(), shape(x, n), out);
    }

    private static Tensor gather(TensorData weight, Tensor indices) {
        int width = length(weight, 1);
        int count = length(weight, 0);
        int[] shape = Arrays.copyOf(indices.shape(), indices.rank() + 1);
        shape[indices.rank()] = width;
        Tensor out = Tensor.zeros(weight.type().dtype(), shape);
        long[] wanted = indices.longs();
        for (long index : wanted) {
            if (index < -count || index >= count) {
                throw new IllegalArgumentException("index " + index + " is not below " + count);
            }
        }
        stream(weight, width, (number, row) -> {
            for (int i = 0; i < wanted.length; i++) {
                if (Math.floorMod(wanted[i], count) == number) {
                    System.arraycopy(row, 0, out.data(), i * width, width);
                }
            }
        });
        return out;
    }

    private static int[] shape(Tensor x, int last) {
        int[] shape = x.shape().clone();
        shape[shape.length - 1] = last;
        return shape;
    }

    private static int length(TensorData weight, int axis) {
        return Math.toIntExact(weight.type().shape().lengths()[axis]);
    }

    private static void stream(TensorData weight, int width, BiConsumer<Integer, double[]> row) {
        TensorReader.rows(weight, width, row);
    }
}

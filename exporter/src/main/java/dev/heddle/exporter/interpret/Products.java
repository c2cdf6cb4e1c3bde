package dev.heddle.exporter.interpret;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Matrix products and convolutions. Each output is one sum in a fixed order, so results do not depend on threads. */
final class Products {

    private static final int COLUMNS = 256;

    private Products() {}

    /** a [.., m, k] times b [.., k, n]. */
    static Tensor matMul(Tensor a, Tensor b) {
        Tensor left = a.rank() == 1 ? a.reshaped(1, a.dim(0)) : a;
        Tensor right = b.rank() == 1 ? b.reshaped(b.dim(0), 1) : b;
        int m = left.dim(-2);
        int k = left.dim(-1);
        int n = right.dim(-1);
        if (right.dim(-2) != k) {
            throw new IllegalArgumentException("MatMul of " + a + " and " + b);
        }
        int[] batchA = Arrays.copyOf(left.shape(), left.rank() - 2);
        int[] batchB = Arrays.copyOf(right.shape(), right.rank() - 2);
        int[] batch = Elementwise.broadcast(batchA, batchB);
        int[] stepsA = Elementwise.steps(batchA, batch);
        int[] stepsB = Elementwise.steps(batchB, batch);
        int count = Tensor.count(batch);
        double[] out = new double[Math.multiplyExact(count, Math.multiplyExact(m, n))];
        int blocks = (n + COLUMNS - 1) / COLUMNS;
        IntStream.range(0, count * blocks).parallel().forEach(task -> {
            int index = task / blocks;
            int from = task % blocks * COLUMNS;
            block(
                    left.data(),
                    offset(index, batch, stepsA) * m * k,
                    right.data(),
                    offset(index, batch, stepsB) * k * n,
                    out,
                    index * m * n,
                    new int[] {m, k, n, from, Math.min(from + COLUMNS, n)});
        });
        int[] shape = Arrays.copyOf(batch, batch.length + 2);
        shape[batch.length] = m;
        shape[batch.length + 1] = n;
        Tensor product = new Tensor(a.dtype(), shape, out);
        if (a.rank() == 1 || b.rank() == 1) {
            int[] kept = IntStream.range(0, shape.length)
                    .filter(axis -> !(a.rank() == 1 && axis == shape.length - 2)
                            && !(b.rank() == 1 && axis == shape.length - 1))
                    .map(axis -> shape[axis])
                    .toArray();
            return product.reshaped(kept);
        }
        return product;
    }

    /** Some columns of one product; sizes are m, k, n, first column, column after the last. */
    private static void block(double[] a, int fromA, double[] b, int fromB, double[] out, int fromOut, int[] sizes) {
        int k = sizes[1];
        int n = sizes[2];
        for (int inner = 0; inner < k; inner++) {
            int rowB = fromB + inner * n;
            for (int row = 0; row < sizes[0]; row++) {
                double factor = a[fromA + row * k + inner];
                int rowOut = fromOut + row * n;
                for (int column = sizes[3]; column < sizes[4]; column++) {
                    out[rowOut + column] += factor * b[rowB + column];
                }
            }
        }
    }

    /** Which matrix of a broadcast batch. */
    private static int offset(int index, int[] batch, int[] steps) {
        int offset = 0;
        int rest = index;
        for (int axis = batch.length - 1; axis >= 0; axis--) {
            offset += rest % batch[axis] * steps[axis];
            rest /= batch[axis];
        }
        return offset;
    }

    static Tensor gemm(NodeCall call) {
        Tensor a = call.integer("transA", 0) == 1 ? transposed(call.input(0)) : call.input(0);
        Tensor b = call.integer("transB", 0) == 1 ? transposed(call.input(1)) : call.input(1);
        double alpha = call.real("alpha", 1);
        double beta = call.real("beta", 1);
        Tensor product = matMul(a, b).map(value -> alpha * value);
        return call.optional(2)
                .map(c -> Elementwise.binary(product, c, a.dtype(), (x, y) -> x + beta * y))
                .orElse(product);
    }

    private static Tensor transposed(Tensor x) {
        int rows = x.dim(0);
        int columns = x.dim(1);
        Tensor out = Tensor.zeros(x.dtype(), columns, rows);
        IntStream.range(0, rows).parallel().forEach(row -> {
            for (int column = 0; column < columns; column++) {
                out.data()[column * rows + row] = x.data()[row * columns + column];
            }
        });
        return out;
    }

    /** Two spatial axes, stride and dilation 1. */
    static Tensor conv(NodeCall call) {
        Tensor x = call.input(0);
        Tensor weight = call.input(1);
        int group = (int) call.integer("group", 1);
        long[] pads = call.integers("pads").orElse(new long[4]);
        if (x.rank() != 4 || weight.dim(1) * group != x.dim(1)) {
            throw new IllegalArgumentException("Conv of " + x + " and " + weight + " in " + group + " groups");
        }
        int height = x.dim(2) + (int) (pads[0] + pads[2]) - weight.dim(2) + 1;
        int width = x.dim(3) + (int) (pads[1] + pads[3]) - weight.dim(3) + 1;
        Tensor out = Tensor.zeros(x.dtype(), x.dim(0), weight.dim(0), Math.max(height, 0), Math.max(width, 0));
        int outputs = weight.dim(0);
        IntStream.range(0, x.dim(0) * outputs).parallel().forEach(plane -> {
            double bias = call.optional(2).map(b -> b.data()[plane % outputs]).orElse(0.0);
            convPlane(x, weight, out, plane, group, (int) pads[0], (int) pads[1], bias);
        });
        return out;
    }

    private static void convPlane(
            Tensor x, Tensor weight, Tensor out, int plane, int group, int top, int left, double bias) {
        int channels = weight.dim(1);
        int output = plane % weight.dim(0);
        int firstChannel = output / (weight.dim(0) / group) * channels;
        int batch = plane / weight.dim(0);
        int size = out.dim(2) * out.dim(3);
        for (int row = 0; row < out.dim(2); row++) {
            for (int column = 0; column < out.dim(3); column++) {
                double sum = bias;
                for (int c = 0; c < channels; c++) {
                    int input = (batch * x.dim(1) + firstChannel + c) * x.dim(2) * x.dim(3);
                    int kernel = (output * channels + c) * weight.dim(2) * weight.dim(3);
                    sum += window(x, weight, input, kernel, row - top, column - left);
                }
                out.data()[plane * size + row * out.dim(3) + column] = sum;
            }
        }
    }

    private static double window(Tensor x, Tensor weight, int input, int kernel, int top, int left) {
        int width = x.dim(3);
        double sum = 0;
        for (int a = Math.max(0, -top); a < Math.min(weight.dim(2), x.dim(2) - top); a++) {
            for (int b = Math.max(0, -left); b < Math.min(weight.dim(3), width - left); b++) {
                sum += weight.data()[kernel + a * weight.dim(3) + b] * x.data()[input + (top + a) * width + left + b];
            }
        }
        return sum;
    }
}

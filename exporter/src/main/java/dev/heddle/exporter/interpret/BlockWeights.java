package dev.heddle.exporter.interpret;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Operators on weights in blocks of few bits: value = (code - zero point) * scale, in float64. */
final class BlockWeights {

    private BlockWeights() {}

    /** A [.., K] times the transpose of the matrix [N, K]; com.microsoft. */
    static Tensor matMul(NodeCall call) {
        int k = (int) call.integer("K", 0);
        int n = (int) call.integer("N", 0);
        Packed matrix = new Packed(call, 1, 2, 3, k);
        Tensor x = call.input(0);
        int tokens = x.data().length / Math.max(1, k);
        double[] out = new double[Math.multiplyExact(tokens, n)];
        IntStream.range(0, n).parallel().forEach(row -> {
            double[] weights = matrix.row(row);
            for (int token = 0; token < tokens; token++) {
                double sum = 0;
                for (int i = 0; i < k; i++) {
                    sum += x.data()[token * k + i] * weights[i];
                }
                out[token * n + row] = sum;
            }
        });
        int[] shape = x.shape().clone();
        shape[shape.length - 1] = n;
        return new Tensor(x.dtype(), shape, out);
    }

    /** Rows of the matrix; com.microsoft. */
    static Tensor gather(NodeCall call) {
        int width = (int) (call.input(0).dim(1) * Byte.SIZE / call.integer("bits", 4));
        Packed matrix = new Packed(call, 0, 2, 3, width);
        Tensor indices = call.input(1);
        int[] shape = Arrays.copyOf(indices.shape(), indices.rank() + 1);
        shape[indices.rank()] = width;
        Tensor out = Tensor.zeros(call.input(2).dtype(), shape);
        int at = 0;
        for (long index : indices.longs()) {
            System.arraycopy(matrix.row(Math.toIntExact(index)), 0, out.data(), at, width);
            at += width;
        }
        return out;
    }

    /** ONNX's, in blocks along one axis. */
    static Tensor dequantize(NodeCall call) {
        Tensor x = call.input(0);
        Tensor scales = call.input(1);
        int axis = x.axis(call.integer("axis", 1));
        int block = (int) call.integer("block_size", 0);
        if (block < 1 || scales.rank() != x.rank()) {
            throw new IllegalArgumentException("DequantizeLinear of " + x + " without blocks is not known");
        }
        int inner = x.inner(axis);
        int length = x.dim(axis);
        int blocks = scales.dim(axis);
        double[] out = new double[x.data().length];
        for (int i = 0; i < out.length; i++) {
            int outer = i / inner / length;
            int at = (outer * blocks + i / inner % length / block) * inner + i % inner;
            double zero = call.optional(2).map(points -> points.data()[at]).orElse(0.0);
            out[i] = (x.data()[i] - zero) * scales.data()[at];
        }
        return new Tensor(scales.dtype(), x.shape(), out);
    }

    /** A matrix whose codes and zero points lie in bytes, two of 4 bits in one, the first in the low bits. */
    private static final class Packed {
        private final double[] codes;
        private final double[] scales;
        private final double[] zeroPoints;
        private final int bits;
        private final int block;
        private final int width;
        private final int blocks;

        Packed(NodeCall call, int codes, int scales, int zeroPoints, int width) {
            this.codes = call.input(codes).data();
            this.scales = call.input(scales).data();
            this.zeroPoints = call.optional(zeroPoints).map(Tensor::data).orElse(new double[0]);
            this.bits = (int) call.integer("bits", 4);
            this.block = (int) call.integer("block_size", 0);
            this.width = width;
            this.blocks = (width + block - 1) / block;
        }

        double[] row(int row) {
            double[] values = new double[width];
            int rowBytes = blocks * block * bits / Byte.SIZE;
            int zeroBytes = (blocks * bits + Byte.SIZE - 1) / Byte.SIZE;
            for (int column = 0; column < width; column++) {
                int at = column / block;
                double zero = zeroPoints.length == 0 ? 1 << (bits - 1) : number(zeroPoints, row * zeroBytes, at);
                values[column] = (number(codes, row * rowBytes, column) - zero) * scales[row * blocks + at];
            }
            return values;
        }

        private int number(double[] bytes, int from, int index) {
            int position = index * bits;
            return (int) bytes[from + position / Byte.SIZE] >> position % Byte.SIZE & (1 << bits) - 1;
        }
    }
}

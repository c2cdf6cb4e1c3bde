package dev.heddle.exporter.interpret;

import dev.heddle.exporter.graph.DType;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Operators that work element by element, with ONNX's broadcasting. */
final class Elementwise {

    private Elementwise() {}

    static Tensor binary(Tensor a, Tensor b, DType type, DoubleBinaryOperator operator) {
        int[] shape = broadcast(a.shape(), b.shape());
        int[] stepsA = steps(a.shape(), shape);
        int[] stepsB = steps(b.shape(), shape);
        double[] out = new double[Tensor.count(shape)];
        rows(shape, row -> {
            int inner = shape.length == 0 ? 1 : shape[shape.length - 1];
            int stepA = shape.length == 0 ? 0 : stepsA[shape.length - 1];
            int stepB = shape.length == 0 ? 0 : stepsB[shape.length - 1];
            int fromA = start(row, shape, stepsA);
            int fromB = start(row, shape, stepsB);
            for (int i = 0; i < inner; i++) {
                out[row * inner + i] = operator.applyAsDouble(a.data()[fromA + i * stepA], b.data()[fromB + i * stepB]);
            }
        });
        return new Tensor(type, shape, out);
    }

    static Tensor compare(Tensor a, Tensor b, DoubleBinaryOperator operator) {
        return binary(a, b, DType.BOOL, operator);
    }

    static Tensor where(Tensor condition, Tensor then, Tensor otherwise) {
        int[] shape = broadcast(condition.shape(), broadcast(then.shape(), otherwise.shape()));
        Tensor chosen = expand(then, shape);
        Tensor other = expand(otherwise, shape);
        Tensor which = expand(condition, shape);
        double[] out = new double[chosen.data().length];
        Arrays.setAll(out, i -> which.data()[i] != 0 ? chosen.data()[i] : other.data()[i]);
        return new Tensor(then.dtype(), shape, out);
    }

    static Tensor expand(Tensor x, int[] wanted) {
        int[] shape = broadcast(x.shape(), wanted);
        return Arrays.equals(shape, x.shape()) ? x : binary(x, Tensor.zeros(x.dtype(), shape), x.dtype(), (a, b) -> a);
    }

    /** Integers lose their fraction; floats stay as they are, since this is the function without rounding. */
    static Tensor cast(Tensor x, DType type) {
        if (type.isFloat()) {
            return x.as(type);
        }
        if (type == DType.BOOL) {
            return x.map(value -> value != 0 ? 1 : 0).as(type);
        }
        return x.dtype().isFloat() ? x.map(value -> (double) (long) value).as(type) : x.as(type);
    }

    /** @throws IllegalArgumentException if the shapes do not go together */
    static int[] broadcast(int[] a, int[] b) {
        int rank = Math.max(a.length, b.length);
        int[] shape = new int[rank];
        for (int axis = 1; axis <= rank; axis++) {
            int left = axis <= a.length ? a[a.length - axis] : 1;
            int right = axis <= b.length ? b[b.length - axis] : 1;
            if (left != right && left != 1 && right != 1) {
                throw new IllegalArgumentException(
                        "shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not broadcast");
            }
            shape[rank - axis] = left == 1 ? right : left;
        }
        return shape;
    }

    /** Elements from one index to the next of each axis of {@code to}; 0 where the tensor is repeated. */
    static int[] steps(int[] from, int[] to) {
        int[] steps = new int[to.length];
        int step = 1;
        for (int axis = 1; axis <= from.length; axis++) {
            int length = from[from.length - axis];
            steps[to.length - axis] = length == 1 ? 0 : step;
            step *= length;
        }
        return steps;
    }

    /** Where a row (all axes but the last) begins. */
    private static int start(int row, int[] shape, int[] steps) {
        int offset = 0;
        int rest = row;
        for (int axis = shape.length - 2; axis >= 0; axis--) {
            offset += rest % shape[axis] * steps[axis];
            rest /= shape[axis];
        }
        return offset;
    }

    /** Calls the body for each row of the last axis; many rows on several threads. */
    private static void rows(int[] shape, IntConsumer body) {
        int inner = shape.length == 0 ? 1 : shape[shape.length - 1];
        int count = inner == 0 ? 0 : Tensor.count(shape) / inner;
        IntStream rows = IntStream.range(0, count);
        (Tensor.count(shape) > 1 << 14 ? rows.parallel() : rows).forEach(body);
    }
}

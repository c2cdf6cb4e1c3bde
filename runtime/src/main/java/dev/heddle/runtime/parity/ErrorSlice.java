package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.HostTensor;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Cuts the slice along the last two axes that holds the worst pair. */
final class ErrorSlice {
    private ErrorSlice() {}

    static Illustration.ErrorMap around(TensorComparison.Values values, HostTensor expected, HostTensor actual) {
        int rank = expected.rank();
        long columns = rank == 0 ? 1 : expected.dim(rank - 1);
        long rows = rank < 2 ? 1 : expected.dim(rank - 2);
        List<Long> worst = values.worst().get(0).index();
        List<Long> outer = worst.subList(0, Math.max(0, rank - 2));
        long start = 0;
        for (int axis = 0; axis < outer.size(); axis++) {
            start = start * expected.dim(axis) + outer.get(axis);
        }
        long first = start * rows * columns;
        IntToDoubleFunction e = expected.values();
        IntToDoubleFunction a = actual.values();
        Grid errors = Grid.of(rows, columns, (row, column) -> {
            int i = (int) (first + row * columns + column);
            return error(e.applyAsDouble(i), a.applyAsDouble(i));
        });
        return new Illustration.ErrorMap(title(values.name(), outer, rank), errors);
    }

    private static double error(double expected, double actual) {
        return expected == actual ? 0 : Math.abs(actual - expected);
    }

    private static String title(String name, List<Long> outer, int rank) {
        StringBuilder slice = new StringBuilder();
        outer.forEach(place -> slice.append(place).append(","));
        slice.append(":,:", 0, Math.min(3, Math.max(0, 2 * rank - 1)));
        return "|actual - expected| of %s[%s]".formatted(name, slice);
    }
}

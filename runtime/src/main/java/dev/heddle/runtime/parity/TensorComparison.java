package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** What comparing two tensors of one name gave. */
public sealed interface TensorComparison {
    String name();

    boolean passed();

    /** The result on one line. */
    String line();

    /** Tensors of one shape, compared value by value. */
    record Values(String name, Tolerance tolerance, ErrorStatistics errors, ArgmaxAgreement argmax, WorstElement worst)
            implements TensorComparison {
        @Override
        public boolean passed() {
            return errors.outside() == 0;
        }

        @Override
        public String line() {
            String error = Figures.error(worst.error());
            return passed()
                    ? "output %s: %d within %s, %s (abs %s), cosine %.9f, %s"
                            .formatted(name, errors.count(), tolerance, worst, error, errors.cosine(), argmax)
                    : "output %s: %d of %d differ, %s (abs %s > %s)"
                            .formatted(name, errors.outside(), errors.count(), worst, error, tolerance);
        }
    }

    /** Tensors without a value; equal if their shapes are. */
    record Empty(String name) implements TensorComparison {
        @Override
        public boolean passed() {
            return true;
        }

        @Override
        public String line() {
            return "output " + name + ": no values";
        }
    }

    /** Tensors that cannot be compared value by value, or of which there is only one. */
    record Incomparable(String name, String expected, String actual) implements TensorComparison {
        @Override
        public boolean passed() {
            return false;
        }

        @Override
        public String line() {
            return "output %s: expected %s, got %s".formatted(name, expected, actual);
        }
    }

    /**
     * Compares two tensors of any element types, value by value as doubles.
     *
     * @param tieMargin see {@link ArgmaxAgreement}
     */
    static TensorComparison of(
            String name, HostTensor expected, HostTensor actual, Tolerance tolerance, double tieMargin) {
        if (!Arrays.equals(expected.shape(), actual.shape())) {
            return new Incomparable(name, expected.toString(), actual.toString());
        }
        if (expected.elementCount() == 0) {
            return new Empty(name);
        }
        IntToDoubleFunction expectedValues = expected.values();
        IntToDoubleFunction actualValues = actual.values();
        var errors = new ErrorAccumulator(tolerance);
        var argmax = new ArgmaxAccumulator(expected.rank() == 0 ? 1 : expected.dim(expected.rank() - 1), tieMargin);
        for (int i = 0; i < expected.elementCount(); i++) {
            double e = expectedValues.applyAsDouble(i);
            double a = actualValues.applyAsDouble(i);
            errors.add(e, a);
            argmax.add(e, a);
        }
        int worst = (int) errors.worst();
        return new Values(
                name,
                tolerance,
                errors.statistics(),
                argmax.agreement(),
                new WorstElement(
                        index(worst, expected.shape()),
                        expectedValues.applyAsDouble(worst),
                        actualValues.applyAsDouble(worst)));
    }

    private static List<Long> index(long flat, long[] shape) {
        List<Long> index = new ArrayList<>();
        long rest = flat;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index.add(rest % shape[axis]);
            rest /= shape[axis];
        }
        Collections.reverse(index);
        return index;
    }
}

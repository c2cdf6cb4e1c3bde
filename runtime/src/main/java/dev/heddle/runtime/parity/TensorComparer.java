package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;

/**
 * Compares tensors value by value as doubles; keeps nothing of them but one row of logits at a time.
 *
 * @param precision what the tensors were computed in; the actual ones may be stored in something wider
 * @param topK how many of the largest logits are compared
 * @param worst how many of the worst places are named, at least 1
 */
public record TensorComparer(Precision precision, List<Integer> topK, int worst) {
    /** @throws IllegalArgumentException if a number is below 1 */
    public TensorComparer {
        topK = List.copyOf(topK);
        if (worst < 1 || topK.stream().anyMatch(k -> k < 1)) {
            throw new IllegalArgumentException(
                    "expected numbers from 1, got top-k " + topK + " and " + worst + " worst places");
        }
    }

    /** Compares the largest 5 and 10 logits and names 8 places. */
    public static TensorComparer of(Precision precision) {
        return new TensorComparer(precision, List.of(5, 10), 8);
    }

    /** Logits of a whole model, a row of them along the last axis, by {@link ToleranceTable#logits}. */
    public TensorComparison logits(String name, HostTensor expected, HostTensor actual) {
        Bound bound = ToleranceTable.logits(precision).forSize(largest(expected));
        return compare(name, 0, expected, actual, bound, () -> agreement(expected, actual));
    }

    /** Other outputs of a whole model, by {@link ToleranceTable#outputs}. */
    public TensorComparison outputs(String name, HostTensor expected, HostTensor actual) {
        Bound bound = ToleranceTable.outputs(precision).forSize(largest(expected));
        return compare(name, 0, expected, actual, bound, () -> LogitAgreement.NONE);
    }

    /** A value inside a model, by {@link ToleranceTable#values}; whole numbers and truth values must be equal. */
    public TensorComparison values(String name, Depth depth, HostTensor expected, HostTensor actual) {
        Precision own = actual.dtype().isFloat() ? precision : Precision.EXACT;
        Bound bound = ToleranceTable.values(own, depth).forSize(largest(expected));
        return compare(name, depth.nodes(), expected, actual, bound, () -> LogitAgreement.NONE);
    }

    /** Any tensors, by a bound of the caller's, as it is. */
    public TensorComparison within(Bound bound, String name, HostTensor expected, HostTensor actual) {
        return compare(name, 0, expected, actual, bound, () -> LogitAgreement.NONE);
    }

    private TensorComparison compare(
            String name,
            int depth,
            HostTensor expected,
            HostTensor actual,
            Bound bound,
            Supplier<LogitAgreement> agreement) {
        if (!Arrays.equals(expected.shape(), actual.shape())) {
            return new TensorComparison.Incomparable(name, expected.toString(), actual.toString());
        }
        if (expected.elementCount() == 0) {
            return new TensorComparison.Empty(name);
        }
        var errors = new ErrorAccumulator(bound.perValue(), precision.lastPlaceOf(actual.dtype()));
        var pairs = new WorstPairs(worst);
        IntToDoubleFunction expectedValues = expected.values();
        IntToDoubleFunction actualValues = actual.values();
        for (int i = 0; i < expected.elementCount(); i++) {
            double e = expectedValues.applyAsDouble(i);
            double a = actualValues.applyAsDouble(i);
            pairs.add(errors.add(e, a), e, a);
        }
        return new TensorComparison.Values(
                name,
                depth,
                Arrays.stream(expected.shape()).boxed().toList(),
                bound,
                errors.statistics(),
                agreement.get(),
                pairs.elements(expected.shape()));
    }

    private LogitAgreement agreement(HostTensor expected, HostTensor actual) {
        int width = expected.rank() == 0 ? 1 : (int) expected.dim(expected.rank() - 1);
        var rows = new LogitAccumulator(width, ToleranceTable.tieMargin(precision), topK);
        IntToDoubleFunction expectedValues = expected.values();
        IntToDoubleFunction actualValues = actual.values();
        for (int i = 0; i < expected.elementCount(); i++) {
            rows.add(expectedValues.applyAsDouble(i), actualValues.applyAsDouble(i));
        }
        return rows.agreement();
    }

    /** Largest size of a value that is no mask, see {@link ErrorStatistics#HIDING}; 0 if there is none. */
    public static double largest(HostTensor tensor) {
        IntToDoubleFunction values = tensor.values();
        double largest = 0;
        for (int i = 0; i < tensor.elementCount(); i++) {
            double size = Math.abs(values.applyAsDouble(i));
            largest = size > largest && size < ErrorStatistics.HIDING ? size : largest;
        }
        return largest;
    }
}

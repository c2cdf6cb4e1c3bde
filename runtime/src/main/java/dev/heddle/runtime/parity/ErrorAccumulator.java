package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.DType;
import java.util.Arrays;

/** Takes pairs of values one by one and keeps what {@link ErrorStatistics} needs. Not thread-safe. */
final class ErrorAccumulator {
    private final Tolerance tolerance;
    private final UlpDistance ulp;
    private final long[] ulps = new long[UlpHistogram.BINS];
    private final SummaryAccumulator absolute = new SummaryAccumulator();
    private final SummaryAccumulator relative = new SummaryAccumulator();
    private NonFinite expectedNonFinite = NonFinite.NONE;
    private NonFinite actualNonFinite = NonFinite.NONE;
    private long count;
    private long outside;
    private long broken;
    private double worstPart;
    private double largestExpected;
    private double dot;
    private double expectedSquares;
    private double actualSquares;
    private double errorSquares;

    /** @param dtype whose last place is counted in */
    ErrorAccumulator(Tolerance tolerance, DType dtype) {
        this.tolerance = tolerance;
        this.ulp = UlpDistance.of(dtype);
    }

    /** Gives the error as a part of its bound: up to 1 is allowed, a broken pair is infinite. */
    double add(double expected, double actual) {
        double part = part(expected, actual);
        worstPart = Math.max(worstPart, part);
        count++;
        if (part > 1) {
            outside++;
        }
        if (Double.isFinite(expected) && Double.isFinite(actual)) {
            addFinite(expected, actual);
        } else {
            expectedNonFinite = expectedNonFinite.and(expected);
            actualNonFinite = actualNonFinite.and(actual);
            if (expected != actual) {
                broken++;
            }
        }
        return part;
    }

    ErrorStatistics statistics() {
        return new ErrorStatistics(
                count,
                outside,
                broken,
                worstPart,
                largestExpected,
                absolute.summary(),
                relative.summary(),
                errorSquares == 0 ? 0 : Math.sqrt(errorSquares / expectedSquares),
                cosine(),
                errorSquares == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(expectedSquares / errorSquares),
                expectedNonFinite,
                actualNonFinite,
                new UlpHistogram(Arrays.stream(ulps).boxed().toList()));
    }

    private double cosine() {
        double lengths = Math.sqrt(expectedSquares) * Math.sqrt(actualSquares);
        if (lengths > 0) {
            // Rounding may carry it a little beyond its range.
            return Math.max(-1, Math.min(1, dot / lengths));
        }
        return expectedSquares == actualSquares ? 1 : 0;
    }

    private void addFinite(double expected, double actual) {
        double error = Math.abs(actual - expected);
        absolute.add(error);
        relative.add(error / Math.max(Math.abs(expected), ErrorStatistics.RELATIVE_FLOOR));
        ulps[UlpHistogram.bin(ulp.between(expected, actual))]++;
        if (Math.abs(expected) < ErrorStatistics.HIDING) {
            addToSums(expected, actual, error);
        }
    }

    private void addToSums(double expected, double actual, double error) {
        largestExpected = Math.max(largestExpected, Math.abs(expected));
        dot += expected * actual;
        expectedSquares += expected * expected;
        actualSquares += actual * actual;
        errorSquares += error * error;
    }

    private double part(double expected, double actual) {
        if (expected == actual) {
            return 0;
        }
        double error = Math.abs(actual - expected);
        if (Double.isNaN(error) || Double.isInfinite(error)) {
            return Double.POSITIVE_INFINITY;
        }
        return error / tolerance.bound(expected);
    }

    /** Not thread-safe. */
    private static final class SummaryAccumulator {
        private final LogHistogram histogram = new LogHistogram();
        private long count;
        private double max;
        private double sum;

        void add(double error) {
            histogram.add(error);
            count++;
            max = Math.max(max, error);
            sum += error;
        }

        ErrorSummary summary() {
            return new ErrorSummary(max, count == 0 ? 0 : sum / count, histogram.quantile(0.99));
        }
    }
}

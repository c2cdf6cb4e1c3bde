package dev.heddle.runtime.parity;

/** Takes pairs of values one by one and keeps what {@link ErrorStatistics} needs. Not thread-safe. */
final class ErrorAccumulator {
    private final Tolerance tolerance;
    private long count;
    private long outside;
    private long nans;
    private long infinities;
    private long finite;
    private double maxAbsolute;
    private double sumAbsolute;
    private double maxRelative;
    private double maxExpected;
    private double dot;
    private double expectedSquares;
    private double actualSquares;
    private double worstPart = -1;
    private long worst = -1;

    ErrorAccumulator(Tolerance tolerance) {
        this.tolerance = tolerance;
    }

    void add(double expected, double actual) {
        double part = part(expected, actual);
        if (part > worstPart) {
            worstPart = part;
            worst = count;
        }
        count++;
        if (part > 1) {
            outside++;
        }
        if (Double.isNaN(expected) || Double.isNaN(actual)) {
            nans++;
        } else if (Double.isInfinite(expected) || Double.isInfinite(actual)) {
            infinities++;
        } else {
            addFinite(expected, actual);
        }
    }

    /** Which of the pairs is the worst one, from 0; -1 if there was none. */
    long worst() {
        return worst;
    }

    ErrorStatistics statistics() {
        double lengths = Math.sqrt(expectedSquares) * Math.sqrt(actualSquares);
        double cosine = lengths > 0 ? dot / lengths : expectedSquares == actualSquares ? 1 : 0;
        return new ErrorStatistics(
                count,
                outside,
                maxAbsolute,
                finite == 0 ? 0 : sumAbsolute / finite,
                maxRelative,
                maxAbsolute == 0 ? 0 : maxAbsolute / maxExpected,
                cosine,
                nans,
                infinities);
    }

    private void addFinite(double expected, double actual) {
        double error = Math.abs(actual - expected);
        finite++;
        maxAbsolute = Math.max(maxAbsolute, error);
        sumAbsolute += error;
        maxRelative = Math.max(maxRelative, error / Math.max(Math.abs(expected), ErrorStatistics.RELATIVE_FLOOR));
        maxExpected = Math.max(maxExpected, Math.abs(expected));
        dot += expected * actual;
        expectedSquares += expected * expected;
        actualSquares += actual * actual;
    }

    /** The error as a part of its bound: up to 1 is allowed. */
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
}

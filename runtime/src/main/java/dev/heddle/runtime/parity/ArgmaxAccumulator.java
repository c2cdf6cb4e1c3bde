package dev.heddle.runtime.parity;

/** Takes pairs of values row by row and counts the rows whose largest values are in the same place. Not thread-safe. */
final class ArgmaxAccumulator {
    private final long width;
    private final double tieMargin;
    private long column;
    private long rows;
    private long equal;
    private long nearTies;
    private double largestExpected;
    private double largestActual;
    private double expectedAtActual;
    private long expectedPlace;
    private long actualPlace;
    private boolean hasNan;

    /** @param width values per row, at least 1 */
    ArgmaxAccumulator(long width, double tieMargin) {
        this.width = width;
        this.tieMargin = tieMargin;
    }

    void add(double expected, double actual) {
        if (column == 0) {
            hasNan = false;
        }
        hasNan |= Double.isNaN(expected) || Double.isNaN(actual);
        if (column == 0 || expected > largestExpected) {
            largestExpected = expected;
            expectedPlace = column;
        }
        if (column == 0 || actual > largestActual) {
            largestActual = actual;
            actualPlace = column;
            expectedAtActual = expected;
        }
        column++;
        if (column == width) {
            endRow();
        }
    }

    ArgmaxAgreement agreement() {
        return new ArgmaxAgreement(rows, equal, nearTies);
    }

    private void endRow() {
        column = 0;
        rows++;
        if (hasNan) {
            return;
        }
        if (expectedPlace == actualPlace) {
            equal++;
        } else if (largestExpected - expectedAtActual <= tieMargin) {
            nearTies++;
        }
    }
}

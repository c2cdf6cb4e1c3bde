package dev.heddle.runtime.parity;

import java.util.List;
import java.util.stream.IntStream;

/** Takes pairs of logits one by one and judges each row when it is complete; keeps one row. Not thread-safe. */
final class LogitAccumulator {
    private final double tieMargin;
    private final double[] expectedRow;
    private final double[] actualRow;
    private final List<TopKAccumulator> topK;
    private int column;
    private long rows;
    private long equal;
    private long nearTies;
    private double klSum;
    private double klMax;

    /**
     * @param width values per row, at least 1
     * @param ks how many of the largest values are compared
     */
    LogitAccumulator(int width, double tieMargin, List<Integer> ks) {
        this.tieMargin = tieMargin;
        this.expectedRow = new double[width];
        this.actualRow = new double[width];
        this.topK = ks.stream()
                .map(k -> Math.min(k, width))
                .distinct()
                .map(TopKAccumulator::new)
                .toList();
    }

    void add(double expected, double actual) {
        expectedRow[column] = expected;
        actualRow[column] = actual;
        column++;
        if (column == expectedRow.length) {
            column = 0;
            endRow();
        }
    }

    LogitAgreement agreement() {
        return new LogitAgreement(
                new ArgmaxAgreement(rows, equal, nearTies),
                topK.stream().map(TopKAccumulator::agreement).toList(),
                new KlDivergence(rows == 0 ? 0 : klSum / rows, klMax));
    }

    private void endRow() {
        rows++;
        if (hasNan(expectedRow) || hasNan(actualRow)) {
            topK.forEach(TopKAccumulator::addBroken);
            addDivergence(Double.POSITIVE_INFINITY);
            return;
        }
        int right = argmax(expectedRow);
        int judged = argmax(actualRow);
        if (right == judged) {
            equal++;
        } else if (expectedRow[right] - expectedRow[judged] <= tieMargin) {
            nearTies++;
        }
        topK.forEach(accumulator -> accumulator.add(expectedRow, actualRow));
        addDivergence(divergence());
    }

    private void addDivergence(double divergence) {
        klSum += divergence;
        klMax = Math.max(klMax, divergence);
    }

    private double divergence() {
        double expectedLog = logOfSum(expectedRow);
        double actualLog = logOfSum(actualRow);
        double sum = 0;
        for (int i = 0; i < expectedRow.length; i++) {
            double logP = expectedRow[i] - expectedLog;
            double p = Math.exp(logP);
            if (p > 0) {
                sum += p * (logP - (actualRow[i] - actualLog));
            }
        }
        // The sum of a divergence of 0 may be rounded to a little less.
        return Double.isNaN(sum) ? Double.POSITIVE_INFINITY : Math.max(0, sum);
    }

    private static double logOfSum(double[] row) {
        double largest = row[argmax(row)];
        double sum = 0;
        for (double value : row) {
            sum += Math.exp(value - largest);
        }
        return largest + Math.log(sum);
    }

    /** The first of the largest. */
    private static int argmax(double[] row) {
        return IntStream.range(1, row.length).reduce(0, (best, i) -> row[i] > row[best] ? i : best);
    }

    private static boolean hasNan(double[] row) {
        for (double value : row) {
            if (Double.isNaN(value)) {
                return true;
            }
        }
        return false;
    }
}

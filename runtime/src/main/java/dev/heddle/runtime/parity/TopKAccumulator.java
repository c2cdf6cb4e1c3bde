package dev.heddle.runtime.parity;

/** Compares the places of the k largest values of rows. Not thread-safe. */
final class TopKAccumulator {
    private final int k;
    private final int[] expectedPlaces;
    private final int[] actualPlaces;
    private long rows;
    private long equalRows;
    private double jaccardSum;
    private double minJaccard = 1;

    TopKAccumulator(int k) {
        this.k = k;
        this.expectedPlaces = new int[k];
        this.actualPlaces = new int[k];
    }

    /** @param expected no NaN, and at least k values; likewise the other */
    void add(double[] expected, double[] actual) {
        largest(expected, expectedPlaces);
        largest(actual, actualPlaces);
        int common = 0;
        for (int place : expectedPlaces) {
            for (int other : actualPlaces) {
                common += place == other ? 1 : 0;
            }
        }
        add((double) common / (2 * k - common));
    }

    /** A row without an order. */
    void addBroken() {
        add(0);
    }

    TopKAgreement agreement() {
        return new TopKAgreement(k, equalRows, rows == 0 ? 1 : jaccardSum / rows, minJaccard);
    }

    private void add(double jaccard) {
        rows++;
        equalRows += jaccard == 1 ? 1 : 0;
        jaccardSum += jaccard;
        minJaccard = Math.min(minJaccard, jaccard);
    }

    /** Insertion into a short sorted list; of equal values the first stays ahead. */
    private static void largest(double[] row, int[] places) {
        int filled = 0;
        for (int i = 0; i < row.length; i++) {
            if (filled == places.length && row[i] <= row[places[filled - 1]]) {
                continue;
            }
            int at = filled < places.length ? filled++ : filled - 1;
            while (at > 0 && row[i] > row[places[at - 1]]) {
                places[at] = places[at - 1];
                at--;
            }
            places[at] = i;
        }
    }
}

package dev.heddle.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times of one thing that was run again and again. */
final class Samples {

    private final List<Long> nanos = new ArrayList<>();

    void add(long elapsedNanos) {
        nanos.add(elapsedNanos);
    }

    boolean isEmpty() {
        return nanos.isEmpty();
    }

    double medianMillis() {
        return quantile(0.5);
    }

    double bestMillis() {
        return quantile(0);
    }

    /** Half of the runs lie between the quartiles; their distance as part of the median. */
    double spread() {
        return (quantile(0.75) - quantile(0.25)) / medianMillis();
    }

    private double quantile(double share) {
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        return sorted.get((int) Math.round(share * (sorted.size() - 1))) / 1e6;
    }
}

package dev.heddle.runtime.parity;

import java.util.List;

/**
 * A pair of values whose error is one of the largest parts of its bound; NaN and unequal infinities are the worst of
 * all.
 *
 * @param index one number per axis, from 0
 */
public record WorstElement(List<Long> index, double expected, double actual) {
    public WorstElement {
        index = List.copyOf(index);
    }

    /** |actual - expected|, 0 for equal infinities. */
    public double error() {
        return expected == actual ? 0 : Math.abs(actual - expected);
    }

    /** The place, as in "[0,3,17,5]". */
    public String place() {
        return index.toString().replace(" ", "");
    }

    /** As in "worst at [0,3,17,5]: expected 0.1250000, got 0.1251831". */
    @Override
    public String toString() {
        return "worst at %s: expected %s, got %s".formatted(place(), Figures.value(expected), Figures.value(actual));
    }
}

package dev.heddle.runtime.parity;

import java.util.List;

/**
 * How many pairs are how many units in the last place apart, counted in numbers of the judged element type.
 *
 * @param counts of 0, 1, 2, 3-4, 5-8, ..., 32769-65536, and more; always {@value #BINS}
 */
public record UlpHistogram(List<Long> counts) {
    /** Number of bins. */
    public static final int BINS = 19;

    /** @throws IllegalArgumentException if there are not {@value #BINS} counts */
    public UlpHistogram {
        counts = List.copyOf(counts);
        if (counts.size() != BINS) {
            throw new IllegalArgumentException("expected " + BINS + " counts, got " + counts.size());
        }
    }

    /** The distances of a bin, as in "3-4". */
    public static String label(int bin) {
        if (bin <= 2) {
            return Integer.toString(bin);
        }
        int below = 1 << (bin - 2);
        return bin == BINS - 1 ? "more" : (below + 1) + "-" + 2 * below;
    }

    static int bin(long distance) {
        if (distance <= 1) {
            return (int) distance;
        }
        // 2 has one bit below it, 3 and 4 have two, 5 to 8 have three.
        int bits = Long.SIZE - Long.numberOfLeadingZeros(distance - 1);
        return Math.min(bits + 1, BINS - 1);
    }
}

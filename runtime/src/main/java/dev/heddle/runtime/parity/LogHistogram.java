package dev.heddle.runtime.parity;

/**
 * Counts of numbers from 0 up, in 32 bins per power of two, so that a quantile is known within 1/64 of itself.
 *
 * <p>At most half a megabyte; a few dozen kilobytes for errors as they are. Not thread-safe.
 */
final class LogHistogram {
    /** Half the width of a bin, as part of its lower end. Below 2^-1022 it is that part of 2^-1022. */
    static final double QUANTILE_ERROR = 1.0 / 64;

    private static final int BITS = 5;
    private static final int BINS = 1 << BITS;
    private static final int SHIFT = 52 - BITS;

    /** One row per exponent, made when it is needed. */
    private final long[][] octaves = new long[2048][];

    private long zeros;
    private long count;
    private double max;

    /** @param number at least 0, or infinite */
    void add(double number) {
        count++;
        if (number == 0) {
            zeros++;
            return;
        }
        max = Math.max(max, number);
        int bin = (int) (Double.doubleToRawLongBits(number) >>> SHIFT);
        long[] octave = octaves[bin >>> BITS];
        if (octave == null) {
            octave = new long[BINS];
            octaves[bin >>> BITS] = octave;
        }
        octave[bin & (BINS - 1)]++;
    }

    /**
     * The number that has this part of all numbers at or below it, within {@link #QUANTILE_ERROR} of itself and never
     * above the largest; 0 if there are none.
     */
    double quantile(double part) {
        long rank = (long) Math.ceil(part * count);
        long seen = zeros;
        if (seen >= rank) {
            return 0;
        }
        for (int bin = 0; bin < octaves.length << BITS; bin++) {
            long[] octave = octaves[bin >>> BITS];
            seen += octave == null ? 0 : octave[bin & (BINS - 1)];
            if (seen >= rank) {
                return Math.min(middle(bin), max);
            }
        }
        throw new IllegalStateException("a quantile is at most 1, got " + part);
    }

    private static double middle(int bin) {
        double lower = Double.longBitsToDouble((long) bin << SHIFT);
        if (Double.isInfinite(lower)) {
            return lower;
        }
        double upper = Double.longBitsToDouble((bin + 1L) << SHIFT);
        return lower + (upper - lower) / 2;
    }
}

package dev.heddle.runtime.parity;

/**
 * Errors of many values against the expected ones, e expected and a actual.
 *
 * <p>Pairs with a NaN, or with an infinity that the other side does not have, are outside every tolerance and in none
 * of the other numbers; equal infinities are an error of 0.
 *
 * @param count pairs
 * @param outside pairs beyond the tolerance
 * @param maxAbsolute max |a - e|
 * @param meanAbsolute mean |a - e|
 * @param maxRelative max |a - e| / max(|e|, {@value #RELATIVE_FLOOR}); the floor keeps values near 0 from filling it
 *     with noise
 * @param scaleRelative max |a - e| / max |e|; 0 if both are 0
 * @param cosine e.a / (|e| |a|), 1 for two zero vectors and 0 for one
 * @param nans pairs with a NaN on either side
 * @param infinities pairs with an infinity on either side and no NaN
 */
public record ErrorStatistics(
        long count,
        long outside,
        double maxAbsolute,
        double meanAbsolute,
        double maxRelative,
        double scaleRelative,
        double cosine,
        long nans,
        long infinities) {
    /** Smallest expected value that a relative error is measured by. */
    public static final double RELATIVE_FLOOR = 1e-3;
}

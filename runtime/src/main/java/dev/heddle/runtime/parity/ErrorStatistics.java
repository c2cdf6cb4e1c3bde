package dev.heddle.runtime.parity;

/**
 * Errors of many values against the expected ones, e expected and a actual.
 *
 * <p>Pairs with a NaN, or with an infinity that the other side does not have, are broken: outside every tolerance and
 * in none of the other numbers. Equal infinities are an error of 0 and in none of the sums either. Expected values of
 * {@value #HIDING} and more are masks: they are judged, but beside them nothing else would show, so they are in none of
 * the numbers that speak of the tensor as a whole (largestExpected, l2Relative, cosine, snrDecibels). Sums are in
 * double precision.
 *
 * @param count pairs
 * @param outside pairs beyond the tolerance
 * @param broken pairs with a NaN, or with an infinity that the other side does not have
 * @param worstPart largest |a - e| as part of what is allowed at its e; infinite if a pair is broken
 * @param largestExpected max |e|
 * @param absolute of |a - e|
 * @param relative of |a - e| / max(|e|, {@value #RELATIVE_FLOOR}); the floor keeps values near 0 from filling it with
 *     noise
 * @param l2Relative ||a - e|| / ||e||; 0 if both are 0
 * @param cosine e.a / (||e|| ||a||), 1 for two zero vectors and 0 for one
 * @param snrDecibels 10 log10(||e||^2 / ||a - e||^2), infinite without an error
 * @param ulps distances in units of the last place
 */
public record ErrorStatistics(
        long count,
        long outside,
        long broken,
        double worstPart,
        double largestExpected,
        ErrorSummary absolute,
        ErrorSummary relative,
        double l2Relative,
        double cosine,
        double snrDecibels,
        NonFinite expectedNonFinite,
        NonFinite actualNonFinite,
        UlpHistogram ulps) {
    /** Size from which an expected value stands for "hidden", as in a mask that is added to scores. */
    public static final double HIDING = 1e30;

    /** Smallest expected value that a relative error is measured by. */
    public static final double RELATIVE_FLOOR = 1e-3;

    /** max |a - e| / max |e|; 0 if both are 0. */
    public double scaleRelative() {
        return absolute.max() == 0 ? 0 : absolute.max() / largestExpected;
    }
}

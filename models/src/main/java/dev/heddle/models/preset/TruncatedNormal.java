package dev.heddle.models.preset;

/** The standard normal distribution between -3 and 3, as both papers' models are initialised. */
final class TruncatedNormal {

    /** Probability below -3. */
    private static final double TAIL = 0.001349898031630095;
    /** From here outwards the tail's approximation is used. */
    private static final double CENTRE = 0.02425;

    private TruncatedNormal() {}

    /** The number below which the share {@code p} of the distribution lies, to about 1e-9; strictly reproducible. */
    static double quantile(double p) {
        double normal = TAIL + p * (1 - 2 * TAIL);
        if (normal < CENTRE) {
            return Math.max(-3, tail(normal));
        }
        if (normal > 1 - CENTRE) {
            return Math.min(3, -tail(1 - normal));
        }
        return centre(normal - 0.5);
    }

    // The rational approximations are those of Acklam (2003).

    private static double centre(double q) {
        double r = q * q;
        double above = (((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r
                                                        + 1.383577518672690e2)
                                                * r
                                        - 3.066479806614716e1)
                                * r
                        + 2.506628277459239)
                * q;
        double below = ((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r
                                                + 6.680131188771972e1)
                                        * r
                                - 1.328068155288572e1)
                        * r
                + 1;
        return above / below;
    }

    private static double tail(double p) {
        double q = Math.sqrt(-2 * StrictMath.log(p));
        double above =
                ((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734)
                                                * q
                                        + 4.374664141464968)
                                * q
                        + 2.938163982698783;
        double below =
                (((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416)
                                * q
                        + 1;
        return above / below;
    }
}

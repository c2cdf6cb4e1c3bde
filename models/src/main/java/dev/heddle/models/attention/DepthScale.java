package dev.heddle.models.attention;

/** lambda = 0.8 - 0.6 exp(-0.3 l) of DIFF Transformer (Ye et al. 2024), l being the zero-based layer. */
public final class DepthScale {

    private DepthScale() {}

    public static double lambda(int layer) {
        return 0.8 - 0.6 * Math.exp(-0.3 * layer);
    }

    /** The factor on a normalised context: 1 - lambda. */
    public static double factor(int layer) {
        return 1 - lambda(layer);
    }
}

package dev.heddle.models.attention;

/** How a token's position enters queries and keys. */
public sealed interface Positions {

    record None() implements Positions {}

    /**
     * Rotary embedding over the whole head width d: pair m is turned by position * base^(-2m/d). Su et al. 2021. Angles in float32.
     *
     * @param base theta, above 0
     */
    record Rope(double base, RopeStyle style, RopeScaling scaling) implements Positions {
        public Rope {
            if (!(base > 0) || !Double.isFinite(base)) {
                throw new IllegalArgumentException("the base of RoPE must be a finite number above 0, got " + base);
            }
        }

        public Rope(double base, RopeStyle style) {
            this(base, style, new RopeScaling.None());
        }

        /** Radians per position of each pair; {@code headSize / 2} numbers. */
        public double[] frequencies(int headSize) {
            double[] frequencies = new double[headSize / 2];
            for (int pair = 0; pair < frequencies.length; pair++) {
                frequencies[pair] = scaling.apply(Math.pow(base, -2.0 * pair / headSize));
            }
            return frequencies;
        }
    }
}

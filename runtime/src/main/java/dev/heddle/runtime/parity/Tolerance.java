package dev.heddle.runtime.parity;

/**
 * How far a value may be from the expected one: absolute + relative * |expected|.
 *
 * <p>Defaults for each element type are in {@link ToleranceTable}.
 */
public record Tolerance(double absolute, double relative) {
    /** @throws IllegalArgumentException if a part is negative or not finite */
    public Tolerance {
        if (!(absolute >= 0 && relative >= 0) || Double.isInfinite(absolute + relative)) {
            throw new IllegalArgumentException(
                    "a tolerance must be at least 0 and finite, got " + absolute + " and " + relative);
        }
    }

    public static Tolerance absolute(double absolute) {
        return new Tolerance(absolute, 0);
    }

    /** Bits may differ only as 0 and -0 do. */
    public static Tolerance exact() {
        return new Tolerance(0, 0);
    }

    /** Refuses NaN and unequal infinities only; ranks the rest by size. */
    static Tolerance anyFinite() {
        return new Tolerance(1e200, 0);
    }

    /**
     * The same for values of another size: the absolute part is multiplied, the relative one is not.
     *
     * @param size of the largest value, for instance; sizes below 1 count as 1
     */
    public Tolerance forSize(double size) {
        return new Tolerance(absolute * Math.max(1, size), relative);
    }

    /** The largest error allowed at this value. */
    public double bound(double expected) {
        return absolute + relative * Math.abs(expected);
    }

    /** As in "1e-5 + 1e-4*|expected|". */
    @Override
    public String toString() {
        if (relative == 0) {
            return Figures.error(absolute);
        }
        String part = Figures.error(relative) + "*|expected|";
        return absolute == 0 ? part : Figures.error(absolute) + " + " + part;
    }
}

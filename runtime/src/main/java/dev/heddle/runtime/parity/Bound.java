package dev.heddle.runtime.parity;

/**
 * What a comparison must keep. A NaN, or an infinity that the other side does not have, keeps no bound.
 *
 * <p>Bounds for each precision are in {@link ToleranceTable}.
 */
public sealed interface Bound {
    /** What was measured and what is allowed, in the bound's own unit. */
    Reach reach(ErrorStatistics errors);

    /** The same for values of another size, see {@link Tolerance#forSize}. */
    Bound forSize(double largestExpected);

    /** How single pairs are ranked, and which of them count as outside. */
    Tolerance perValue();

    /** Every value is within the tolerance. */
    record EachValue(Tolerance perValue) implements Bound {
        @Override
        public Reach reach(ErrorStatistics errors) {
            return new Reach(errors.worstPart(), 1);
        }

        @Override
        public Bound forSize(double largestExpected) {
            return new EachValue(perValue.forSize(largestExpected));
        }

        @Override
        public String toString() {
            return perValue.toString();
        }
    }

    /** The error as a vector is short beside the expected values, as of values behind rounded weights. */
    record Length(double l2Relative) implements Bound {
        @Override
        public Reach reach(ErrorStatistics errors) {
            return Reach.unlessBroken(errors, errors.l2Relative(), l2Relative);
        }

        @Override
        public Bound forSize(double largestExpected) {
            return this;
        }

        @Override
        public Tolerance perValue() {
            return Tolerance.anyFinite();
        }

        @Override
        public String toString() {
            return "L2-relative " + Figures.error(l2Relative);
        }
    }

    /**
     * How far a comparison went.
     *
     * @param measured never NaN
     */
    record Reach(double measured, double allowed) {
        static Reach unlessBroken(ErrorStatistics errors, double measured, double allowed) {
            return errors.broken() > 0 || Double.isNaN(measured) ? broken(allowed) : new Reach(measured, allowed);
        }

        static Reach broken(double allowed) {
            return new Reach(Double.POSITIVE_INFINITY, allowed);
        }

        /** Up to 1 is kept. */
        public double part() {
            return measured == 0 ? 0 : measured / allowed;
        }
    }
}

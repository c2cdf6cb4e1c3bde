package dev.heddle.models.weight;

/**
 * Rounds blocks of values to codes, by the values alone: no data is run through a model. Codes are the nearest ones for their scale.
 *
 * <p>The search tries ranges narrower and wider than that of the values, since cutting off a few large values can be worth finer steps for all others, and fits
 * each scale to its codes by least squares (sum w c / sum c c) before it is judged.
 *
 * @param format what blocks look like
 * @param scaleFormat what scales are rounded to
 */
record BlockRounding(BlockFormat format, FloatFormat scaleFormat) {

    /** Parts of the values' range that are tried for 4 bits. */
    private static final double[] RANGES_OF_4 = {1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 1.07};

    /** 8 bits are so fine that cutting off hardly ever pays. */
    private static final double[] RANGES_OF_8 = {1, 0.98, 0.96};

    static BlockRounding of(BlockFormat format) {
        return new BlockRounding(format, FloatFormat.of(format.scaleType()));
    }

    /** Values {@code from} to {@code from + block}; finite ones. */
    Block round(double[] values, int from) {
        double low = 0;
        double high = 0;
        for (int index = from; index < from + format.block(); index++) {
            low = Math.min(low, values[index]);
            high = Math.max(high, values[index]);
        }
        boolean symmetric = format.zero() == BlockFormat.ZeroPoint.SYMMETRIC;
        Trial trial = new Trial(values, from);
        for (double part : ranges()) {
            if (symmetric) {
                trial.symmetric(Math.max(-low, high) * part);
            } else {
                trial.asymmetric(low, high, part);
            }
        }
        return trial.best();
    }

    private double[] ranges() {
        if (format.scales() == BlockFormat.ScaleChoice.NEAREST) {
            return new double[] {1};
        }
        return format.bits() == 4 ? RANGES_OF_4 : RANGES_OF_8;
    }

    /** The values of one block, with the best scale and zero point so far. */
    private final class Trial {
        private final double[] values;
        private final int from;
        private final int largestCode = format.largestCode();
        private double bestScale;
        private int bestZero = format.middle();
        private double bestGain = Double.NEGATIVE_INFINITY;

        Trial(double[] values, int from) {
            this.values = values;
            this.from = from;
        }

        void symmetric(double largest) {
            attempt(largest / (format.middle() - 1), format.middle());
        }

        /** Cuts the same part off both ends. */
        void asymmetric(double low, double high, double part) {
            double scale = (high - low) * part / format.largestCode();
            double start = (low + high - (high - low) * part) / 2;
            double zero = scale == 0 ? 0 : Math.rint(-start / scale);
            attempt(scale, (int) Math.max(0, Math.min(format.largestCode(), zero)));
        }

        /** With c the codes less zero and s the scale, the squared error is sum w w - s (2 sum w c - s sum c c): the more is taken off, the better. */
        private void attempt(double wanted, int zero) {
            double scale = scaleFormat.round(wanted);
            double inverse = inverse(scale);
            double product = 0;
            int squares = 0;
            for (int index = from; index < from + format.block(); index++) {
                int step = code(values[index] * inverse, zero) - zero;
                product += values[index] * step;
                squares += step * step;
            }
            if (format.scales() == BlockFormat.ScaleChoice.SEARCH && squares > 0 && product > 0) {
                scale = scaleFormat.round(product / squares);
            }
            double gain = scale * (2 * product - scale * squares);
            if (gain > bestGain) {
                bestGain = gain;
                bestScale = scale;
                bestZero = zero;
            }
        }

        /** The nearest code; halves go up, which is cheaper than to the even one. What is cut off below is cut to 0 as well by the cast. */
        private int code(double steps, int zero) {
            return Math.max(0, Math.min(largestCode, (int) (steps + zero + 0.5)));
        }

        private double inverse(double scale) {
            return scale == 0 ? 0 : 1 / scale;
        }

        /** The nearest codes for the best scale. */
        Block best() {
            byte[] codes = new byte[format.block()];
            double inverse = inverse(bestScale);
            double error = 0;
            for (int index = 0; index < codes.length; index++) {
                double value = values[from + index];
                int code = code(value * inverse, bestZero);
                codes[index] = (byte) code;
                double lost = value - (code - bestZero) * bestScale;
                error += lost * lost;
            }
            return new Block(codes, bestZero, bestScale, error);
        }
    }
}

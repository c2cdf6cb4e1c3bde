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
    private static final double[] RANGES_OF_4 = {1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 1.05, 1.1, 1.15};

    /** 8 bits are so fine that cutting off hardly ever pays. */
    private static final double[] RANGES_OF_8 = {1, 0.98, 0.96, 1.004};

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

    /** The values of one block, with the best codes so far. */
    private final class Trial {
        private final double[] values;
        private final int from;
        private byte[] codes = new byte[format.block()];
        private byte[] bestCodes = new byte[format.block()];
        private double bestScale;
        private int bestZero;
        private double bestError = Double.POSITIVE_INFINITY;

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

        private void attempt(double wanted, int zero) {
            double scale = scaleFormat.round(wanted);
            code(scale, zero);
            if (format.scales() == BlockFormat.ScaleChoice.SEARCH) {
                scale = fitted(scale, zero);
            }
            double error = error(scale, zero);
            if (error < bestError) {
                byte[] unused = bestCodes;
                bestCodes = codes;
                codes = unused;
                bestScale = scale;
                bestZero = zero;
                bestError = error;
            }
        }

        private void code(double scale, int zero) {
            double inverse = scale == 0 ? 0 : 1 / scale;
            for (int index = 0; index < codes.length; index++) {
                double code = Math.rint(values[from + index] * inverse) + zero;
                codes[index] = (byte) (int) Math.max(0, Math.min(format.largestCode(), code));
            }
        }

        /** The scale with the least error for these codes, and codes for that one. */
        private double fitted(double scale, int zero) {
            double product = 0;
            double squares = 0;
            for (int index = 0; index < codes.length; index++) {
                double step = Byte.toUnsignedInt(codes[index]) - zero;
                product += step * values[from + index];
                squares += step * step;
            }
            double better = squares == 0 ? scale : scaleFormat.round(product / squares);
            if (!(better > 0)) {
                return scale;
            }
            code(better, zero);
            return better;
        }

        private double error(double scale, int zero) {
            double error = 0;
            for (int index = 0; index < codes.length; index++) {
                double lost = values[from + index] - (Byte.toUnsignedInt(codes[index]) - zero) * scale;
                error += lost * lost;
            }
            return error;
        }

        Block best() {
            return new Block(bestCodes, bestZero, bestScale, bestError);
        }
    }
}

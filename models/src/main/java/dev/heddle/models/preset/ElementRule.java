package dev.heddle.models.preset;

/** The value of each element of one stored tensor, by its row-major number. */
sealed interface ElementRule {

    double at(long element, Noise noise);

    record Normal(double mean, double deviation) implements ElementRule {
        @Override
        public double at(long element, Noise noise) {
            // No number is drawn where none is needed: zeros stay exact.
            return deviation == 0 ? mean : mean + deviation * noise.normal(element);
        }
    }

    /** 1 at one place of every kernel of {@code rows} x {@code columns}, 0 elsewhere; plus noise. */
    record Tap(int rows, int columns, int row, int column, double deviation) implements ElementRule {
        @Override
        public double at(long element, Noise noise) {
            boolean here = element % columns == column && element / columns % rows == row;
            return new Normal(here ? 1 : 0, deviation).at(element, noise);
        }
    }

    /** Square matrices with ones on the diagonal; plus noise. */
    record Diagonal(int size, double deviation) implements ElementRule {
        @Override
        public double at(long element, Noise noise) {
            boolean here = element % size == element / size % size;
            return new Normal(here ? 1 : 0, deviation).at(element, noise);
        }
    }

    /**
     * Rows of uniform weights whose sum is 1: the last is what the others leave. Xu et al. 2024 (arXiv 2411.19574),
     * section 2.2.
     */
    record SharedOut(int taps) implements ElementRule {
        @Override
        public double at(long element, Noise noise) {
            if (element % taps < taps - 1) {
                return noise.uniform(element);
            }
            double rest = 1;
            for (long earlier = element - taps + 1; earlier < element; earlier++) {
                rest -= noise.uniform(earlier);
            }
            return rest;
        }
    }
}

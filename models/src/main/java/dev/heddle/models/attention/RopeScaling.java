package dev.heddle.models.attention;

/** A change of RoPE's frequencies for contexts longer than the trained one. */
public sealed interface RopeScaling {

    /** The changed frequency, in radians per position. */
    double apply(double frequency);

    record None() implements RopeScaling {
        @Override
        public double apply(double frequency) {
            return frequency;
        }
    }

    /** Positions divided by {@code factor} (Chen et al. 2023). */
    record Linear(double factor) implements RopeScaling {
        @Override
        public double apply(double frequency) {
            return frequency / factor;
        }
    }

    /**
     * Llama 3.1: long wavelengths are divided by {@code factor}, short ones kept, those between blended.
     *
     * @param lowFactor wavelengths above originalLength / lowFactor are divided
     * @param highFactor wavelengths below originalLength / highFactor are kept
     * @param originalLength trained context in tokens
     */
    record Llama3(double factor, double lowFactor, double highFactor, double originalLength) implements RopeScaling {
        @Override
        public double apply(double frequency) {
            double turns = originalLength * frequency / (2 * Math.PI);
            if (turns < lowFactor) {
                return frequency / factor;
            }
            if (turns > highFactor) {
                return frequency;
            }
            double blend = (turns - lowFactor) / (highFactor - lowFactor);
            return (1 - blend) * frequency / factor + blend * frequency;
        }
    }
}

package dev.heddle.models.attention;

/** Normalisation of each head's context before the gate. */
public sealed interface ContextNorm {

    record None() implements ContextNorm {}

    /**
     * scale * weight * x / sqrt(mean(x^2) + epsilon) over the head width; one weight of length d shared by all heads. Golovneva et al. 2025, section
     * 3.3 ("group normalisation"); {@code scale} is the depth factor 1 - lambda, or 1.
     */
    record PerHeadRms(double epsilon, double scale) implements ContextNorm {
        public PerHeadRms {
            if (!(epsilon > 0)) {
                throw new IllegalArgumentException("the epsilon of a norm must be above 0, got " + epsilon);
            }
            if (!Double.isFinite(scale)) {
                throw new IllegalArgumentException("the scale of a norm must be finite, got " + scale);
            }
        }
    }
}

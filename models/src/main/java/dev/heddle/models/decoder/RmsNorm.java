package dev.heddle.models.decoder;

import dev.heddle.models.weight.Weight;

/**
 * scale * weight * x / sqrt(mean(x^2) + epsilon) over the last axis, statistics in float32.
 *
 * @param weight [features]
 * @param scale constant factor, 1 unless the source scales its norms by depth
 */
public record RmsNorm(String path, Weight weight, double epsilon, double scale) {

    public RmsNorm {
        if (!(epsilon >= 0) || !Double.isFinite(epsilon)) {
            throw new IllegalArgumentException("the epsilon of " + path + " must be at least 0, got " + epsilon);
        }
    }

    public RmsNorm(String path, Weight weight, double epsilon) {
        this(path, weight, epsilon, 1);
    }
}

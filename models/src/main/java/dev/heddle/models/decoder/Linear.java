package dev.heddle.models.decoder;

import dev.heddle.models.weight.Weight;

/**
 * y = x W^T + b.
 *
 * @param path module path in the source, for names in the graph
 * @param weight [out, in]
 */
public record Linear(String path, Weight weight, Bias bias) {

    public Linear(String path, Weight weight) {
        this(path, weight, new Bias.None());
    }
}

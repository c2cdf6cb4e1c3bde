package dev.heddle.models.decoder;

import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.weight.Weight;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Projections around an attention variant.
 *
 * @param path module path in the source
 * @param query [Hq * d, hidden]
 * @param key [Hkv * d, hidden]
 * @param value [Hkv * d, hidden]
 * @param output [hidden, Hq * d]
 * @param weights exactly what {@link AttentionVariant#weights} asks for
 */
public record AttentionBlock(
        String path,
        AttentionVariant variant,
        Linear query,
        Linear key,
        Linear value,
        Linear output,
        SortedMap<AttentionWeight, Weight> weights) {

    public AttentionBlock {
        weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
        if (!weights.keySet().equals(variant.weights().keySet())) {
            throw new IllegalArgumentException(
                    path + ": the variant needs " + variant.weights().keySet() + ", got " + weights.keySet());
        }
        for (Map.Entry<AttentionWeight, Weight> entry : weights.entrySet()) {
            if (!entry.getValue().shape().equals(variant.weights().get(entry.getKey()))) {
                throw new IllegalArgumentException(path + ": " + entry.getKey() + " must have shape "
                        + variant.weights().get(entry.getKey()) + ", got "
                        + entry.getValue().shape());
            }
        }
    }
}

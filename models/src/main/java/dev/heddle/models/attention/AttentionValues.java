package dev.heddle.models.attention;

import dev.heddle.exporter.graph.Value;
import java.util.Map;

/**
 * What an attention variant is emitted from.
 *
 * @param q [batch, q_len, Hq * d], projected, before shift and RoPE
 * @param k [batch, q_len, Hkv * d]
 * @param v [batch, q_len, Hkv * d]
 * @param weights exactly the keys of {@link AttentionVariant#weights}
 * @param cache how state is kept
 * @param past state by role, as {@link KvCache#slots} lists it
 * @param sequence values that all layers share
 */
public record AttentionValues(
        Value q,
        Value k,
        Value v,
        Map<AttentionWeight, Value> weights,
        KvCache cache,
        Map<String, Value> past,
        SequenceValues sequence) {

    boolean isCached() {
        return !(cache instanceof KvCache.None);
    }

    /** The weight, or {@link Value#ABSENT}. */
    Value weight(AttentionWeight weight) {
        return weights.getOrDefault(weight, Value.ABSENT);
    }

    /** The state of this role, or {@link Value#ABSENT}. */
    Value past(String role) {
        return past.getOrDefault(role, Value.ABSENT);
    }

    /**
     * What emission gives.
     *
     * @param context [batch, q_len, Hq * d]
     * @param present state by role, keys as in the past
     */
    public record Result(Value context, Map<String, Value> present) {}
}

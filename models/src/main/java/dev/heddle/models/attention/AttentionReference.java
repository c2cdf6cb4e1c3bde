package dev.heddle.models.attention;

import dev.heddle.models.reference.DoubleTensor;
import java.util.Map;

/** Attention in float64, whole sequences or in steps through its state. Thread-safe. */
public interface AttentionReference {

    /**
     * @param past role to tensor, as {@link AttentionVariant#state} lists them; {@link #fresh} for a new sequence
     */
    Step attend(Input input, Map<String, DoubleTensor> past);

    /** State of a batch of sequences without any token. */
    Map<String, DoubleTensor> fresh(int batch);

    /**
     * Projections of the new tokens, before shift and RoPE.
     *
     * @param q [batch, q_len, Hq * d]
     * @param k [batch, q_len, Hkv * d]
     * @param v [batch, q_len, Hkv * d]
     * @param real [batch][total_len]: whether the token in that slot is real, not padding; past slots first
     * @param positions [batch][q_len]: position of each new token
     */
    record Input(DoubleTensor q, DoubleTensor k, DoubleTensor v, boolean[][] real, long[][] positions) {}

    /**
     * @param context [batch, q_len, Hq * d]
     * @param present state after the new tokens, keys as in the past
     */
    record Step(DoubleTensor context, Map<String, DoubleTensor> present) {}
}

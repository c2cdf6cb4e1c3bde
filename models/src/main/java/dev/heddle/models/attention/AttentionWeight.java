package dev.heddle.models.attention;

/** The learned tensors inside an attention variant; {@link AttentionVariant#weights} says which ones it has, and their shapes. */
public enum AttentionWeight {
    /** [Hkv, taps], columns oldest to current. */
    KEY_SHIFT,
    /** [Hkv, taps], columns oldest to current. */
    VALUE_SHIFT,
    /** [Hq, 1, cq, ck], last row = current query. */
    PRE_KERNEL,
    /** [Hq / size, size, size], groups of [out, in]. */
    PRE_MIX,
    /** [Hq, 1, cq, ck], last row = current query. */
    POST_KERNEL,
    /** [Hq / size, size, size], groups of [out, in]. */
    POST_MIX,
    /** [d]. */
    NORM,
    /** [1, d] or [d, d]. */
    GATE_WEIGHT,
    /** [1] or [d]. */
    GATE_BIAS,
    /** [d], DIFF attention. */
    LAMBDA_Q1,
    /** [d], DIFF attention. */
    LAMBDA_K1,
    /** [d], DIFF attention. */
    LAMBDA_Q2,
    /** [d], DIFF attention. */
    LAMBDA_K2
}

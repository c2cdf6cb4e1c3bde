package dev.heddle.models.weight;

/** What happens to finite values that are too large for the written element type. */
public enum Overflow {
    /** The write ends with a {@link dev.heddle.models.checkpoint.ModelFormatException}. */
    REFUSE,
    /** They become the largest finite value of their sign, and are reported. */
    CLIP
}

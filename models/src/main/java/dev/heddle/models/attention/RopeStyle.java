package dev.heddle.models.attention;

/** Which features form a pair that RoPE rotates. */
public enum RopeStyle {
    /** (2m, 2m + 1): Meta, lingua. */
    INTERLEAVED,
    /** (m, m + d/2): GPT-NeoX, Hugging Face. */
    ROTATE_HALF
}

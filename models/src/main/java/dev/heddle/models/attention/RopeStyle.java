package dev.heddle.models.attention;

/** Which features form a pair that RoPE rotates. */
public enum RopeStyle {
    /** (2m, 2m + 1): Meta, lingua. */
    INTERLEAVED,
    /** (m, m + d/2): GPT-NeoX, Hugging Face. */
    ROTATE_HALF;

    /** First feature of pair m. */
    public int first(int pair) {
        return switch (this) {
            case INTERLEAVED -> 2 * pair;
            case ROTATE_HALF -> pair;
        };
    }

    /** Second feature of pair m in a head of this width. */
    public int second(int pair, int headSize) {
        return switch (this) {
            case INTERLEAVED -> 2 * pair + 1;
            case ROTATE_HALF -> pair + headSize / 2;
        };
    }
}

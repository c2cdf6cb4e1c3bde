package dev.heddle.models.weight;

/** The tensors of a quantised weight. */
public enum BlockPart {
    CODES(""),
    SCALES("_scale"),
    ZERO_POINTS("_zero");

    private final String suffix;

    BlockPart(String suffix) {
        this.suffix = suffix;
    }

    /** After the weight's name. */
    String suffix() {
        return suffix;
    }
}

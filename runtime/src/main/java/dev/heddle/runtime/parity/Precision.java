package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.DType;

/** What a model computes in, which decides how far it may be from the same model in float64. */
public enum Precision {
    FLOAT64("float64", 0x1p-53),
    FLOAT32("float32", 0x1p-24),
    FLOAT16("float16", 0x1p-11),
    BFLOAT16("bfloat16", 0x1p-8),
    /** Weights in 8 bits with a scale per block, values in floating point. */
    INT8_WEIGHTS("int8 weights", 0x1p-8),
    /** Products that round what they multiply weights with to 8 bits with a scale per block; weights are as exact or in 8 bits too. */
    INT8_ACTIVATIONS("int8 activations", 0x1p-8),
    /** Weights in 4 bits with a scale per block, values in floating point. */
    INT4_WEIGHTS("int4 weights", 0x1p-4),
    /** Whole numbers and truth values. */
    EXACT("whole numbers", 0);

    private final String text;
    private final double unitRoundoff;

    Precision(String text, double unitRoundoff) {
        this.text = text;
        this.unitRoundoff = unitRoundoff;
    }

    public static Precision of(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> FLOAT64;
            case FLOAT32 -> FLOAT32;
            case FLOAT16 -> FLOAT16;
            case BFLOAT16 -> BFLOAT16;
            case INT64, INT32, INT8, UINT8, BOOL -> EXACT;
        };
    }

    /** This one or the other, whichever has the larger roundings. */
    public Precision coarser(Precision other) {
        return unitRoundoff >= other.unitRoundoff ? this : other;
    }

    /** Largest error of one rounding, as part of the number; of weights, as part of their block's largest. */
    public double unitRoundoff() {
        return unitRoundoff;
    }

    /** Whether factors of products are rounded in blocks, far more than values, so that single values say little. */
    boolean roundsInBlocks() {
        return this == INT8_WEIGHTS || this == INT8_ACTIVATIONS || this == INT4_WEIGHTS;
    }

    /**
     * The type whose last place is counted in: the coarser of what the values are stored in and computed in, as a
     * float16 result may be stored as float32.
     */
    DType lastPlaceOf(DType stored) {
        return switch (this) {
            case FLOAT32 -> stored == DType.FLOAT64 ? DType.FLOAT32 : stored;
            case FLOAT16 -> stored.isFloat() && stored != DType.BFLOAT16 ? DType.FLOAT16 : stored;
            case BFLOAT16 -> stored.isFloat() ? DType.BFLOAT16 : stored;
            case FLOAT64, INT8_WEIGHTS, INT8_ACTIVATIONS, INT4_WEIGHTS, EXACT -> stored;
        };
    }

    /** The name in messages, as in "float32". */
    @Override
    public String toString() {
        return text;
    }
}

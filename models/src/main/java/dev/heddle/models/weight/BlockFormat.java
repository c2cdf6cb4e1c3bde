package dev.heddle.models.weight;

import dev.heddle.exporter.graph.DType;
import java.util.List;

/**
 * How the rows of a matrix are cut into blocks of few bits: value = (code - zero point) * scale, one scale and zero point for each block.
 *
 * @param bits of a code, 4 or 8
 * @param block elements of a block
 * @param zero what the zero point is
 * @param scales how scales are chosen
 * @param scaleType element type that scales are rounded to and stored in
 */
public record BlockFormat(int bits, int block, ZeroPoint zero, ScaleChoice scales, DType scaleType) {

    public static final List<Integer> BITS = List.of(4, 8);

    public static final List<Integer> BLOCKS = List.of(32, 64, 128);

    /** Where zero lies among the codes. */
    public enum ZeroPoint {
        /** In the middle, for all blocks; nothing is stored. */
        SYMMETRIC,
        /** Where it suits the block; stored. */
        ASYMMETRIC
    }

    /** How the scale of a block is found. */
    public enum ScaleChoice {
        /** The largest value gets the largest code. */
        NEAREST,
        /** Of several scales the one with the least squared error. */
        SEARCH
    }

    public BlockFormat {
        if (!BITS.contains(bits) || !BLOCKS.contains(block) || !scaleType.isFloat()) {
            throw new IllegalArgumentException("codes have " + BITS + " bits in blocks of " + BLOCKS
                    + " with scales in floating point, got " + bits + ", " + block + ", " + scaleType.onnxName());
        }
    }

    public BlockFormat withScaleType(DType type) {
        return new BlockFormat(bits, block, zero, scales, type);
    }

    /** For instance {@code int4 weights in blocks of 32 with zero points}. */
    public String summary() {
        return "int" + bits + " weights in blocks of " + block
                + (zero == ZeroPoint.ASYMMETRIC ? " with zero points" : "");
    }

    /** Codes are 0 to this. */
    int largestCode() {
        return (1 << bits) - 1;
    }

    /** The zero point of symmetric blocks. */
    int middle() {
        return 1 << (bits - 1);
    }
}

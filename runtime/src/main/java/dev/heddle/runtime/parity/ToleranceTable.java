package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.DType;

/**
 * What a model may lose in the precision it computes in, against the same model in float64.
 *
 * <pre>
 * dtype     absolute  relative  tie margin  reason
 * float64   1e-9      1e-9      1e-6        sums of some thousand products, 2e-16 each
 * float32   1e-5      1e-4      1e-2        6e-8 per rounding, grown by softmax and a few dozen layers
 * float16   5e-3      1e-2      1e-1        5e-4 per stored value; sums are float32
 * bfloat16  3e-2      5e-2      5e-1        4e-3 per stored value; sums are float32
 * others    0         0         0           whole numbers are equal or wrong
 * </pre>
 *
 * <p>The tie margin is how close the two largest logits of a row must be for another choice to count as a tie and not
 * as an error. The absolute part is for values up to 1; {@link ParityReport} takes it per unit of the largest expected
 * value. A caller may be stricter; to be looser needs a reason.
 */
public final class ToleranceTable {
    private ToleranceTable() {}

    public static Tolerance tolerance(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> new Tolerance(1e-9, 1e-9);
            case FLOAT32 -> new Tolerance(1e-5, 1e-4);
            case FLOAT16 -> new Tolerance(5e-3, 1e-2);
            case BFLOAT16 -> new Tolerance(3e-2, 5e-2);
            case INT64, INT32, INT8, UINT8, BOOL -> Tolerance.exact();
        };
    }

    public static double tieMargin(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> 1e-6;
            case FLOAT32 -> 1e-2;
            case FLOAT16 -> 1e-1;
            case BFLOAT16 -> 5e-1;
            case INT64, INT32, INT8, UINT8, BOOL -> 0;
        };
    }
}

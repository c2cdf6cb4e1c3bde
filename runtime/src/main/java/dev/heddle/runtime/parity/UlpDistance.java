package dev.heddle.runtime.parity;

import dev.heddle.runtime.session.DType;

/**
 * How many numbers of an element type two values are apart, both rounded to that type first; 0 and -0 are one number.
 *
 * <p>Floating-point numbers of one sign, in order, are their bits in order; so the distance is that of the bits.
 */
final class UlpDistance {
    private final DType dtype;
    private final int fractionBits;
    private final int minExponent;
    private final int maxExponent;

    private UlpDistance(DType dtype, int fractionBits, int maxExponent) {
        this.dtype = dtype;
        this.fractionBits = fractionBits;
        this.minExponent = 1 - maxExponent;
        this.maxExponent = maxExponent;
    }

    static UlpDistance of(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> new UlpDistance(dtype, 52, 1023);
            case FLOAT32 -> new UlpDistance(dtype, 23, 127);
            case FLOAT16 -> new UlpDistance(dtype, 10, 15);
            case BFLOAT16 -> new UlpDistance(dtype, 7, 127);
            case INT64, INT32, INT8, UINT8, BOOL -> new UlpDistance(dtype, 0, 0);
        };
    }

    /** Of two finite values; at most {@link Long#MAX_VALUE}. */
    long between(double expected, double actual) {
        if (!dtype.isFloat()) {
            return (long) Math.abs(Math.rint(actual) - Math.rint(expected));
        }
        long e = place(Math.abs(expected));
        long a = place(Math.abs(actual));
        if (expected < 0 == actual < 0) {
            return Math.abs(e - a);
        }
        long apart = e + a;
        return apart < 0 ? Long.MAX_VALUE : apart;
    }

    /** The bits of the nearest number of the type, which infinity is one of. */
    private long place(double size) {
        int exponent = Math.max(Math.getExponent(size), minExponent);
        if (exponent > maxExponent) {
            exponent = maxExponent + 1;
            return (long) (exponent - minExponent + 1) << fractionBits;
        }
        double units = Math.rint(Math.scalb(size, fractionBits - exponent));
        return ((long) (exponent - minExponent) << fractionBits) + (long) units;
    }
}

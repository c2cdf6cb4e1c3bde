package dev.heddle.runtime.session;

/** Bits of an IEEE 754 binary16 number; {@code Float.float16ToFloat} came with Java 20. */
final class Float16 {
    private static final int EXPONENT_SHIFT = 10;
    private static final int FRACTION_MASK = 0x3ff;
    private static final int EXPONENT_MASK = 0x1f;

    private Float16() {}

    /** The number these bits stand for; exact, since each binary16 number is a float. */
    static float toFloat(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >>> EXPONENT_SHIFT) & EXPONENT_MASK;
        int fraction = bits & FRACTION_MASK;
        if (exponent == 0) {
            // Subnormal: fraction * 2^-24.
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int floatExponent = exponent == EXPONENT_MASK ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | (floatExponent << 23) | (fraction << 13));
    }
}

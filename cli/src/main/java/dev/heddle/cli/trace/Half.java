package dev.heddle.cli.trace;

/** Bits of 16-bit floats. Values are rounded once, to the nearest, ties to even. */
final class Half {

    private Half() {}

    static short toFloat16(double value) {
        return bits(value, 10, -14, 65504);
    }

    static short toBfloat16(double value) {
        return bits(value, 7, -126, 0x1.fep127);
    }

    /**
     * @param fraction bits behind the point
     * @param least exponent of the least normal number
     */
    private static short bits(double value, int fraction, int least, double largest) {
        int sign = Double.doubleToRawLongBits(value) < 0 ? 1 << 15 : 0;
        int infinity = -1 << fraction & 0x7fff;
        if (Double.isNaN(value)) {
            return (short) (sign | infinity | 1 << fraction - 1);
        }
        double size = Math.abs(value);
        int exponent = Math.max(least, Math.getExponent(size));
        // In units of the last place; a carry into the next power of two gives the right bits by itself.
        double units = Math.rint(Math.scalb(size, fraction - exponent));
        if (Math.scalb(units, exponent - fraction) > largest) {
            return (short) (sign | infinity);
        }
        int whole = (int) units;
        int shifted = (exponent - least) << fraction;
        return (short) (sign | (shifted + whole));
    }

    static double toDouble(short bits) {
        int exponent = bits >> 10 & 31;
        int fraction = bits & 1023;
        double size = exponent == 31
                ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                : exponent == 0 ? fraction * 0x1p-24 : Math.scalb(1024.0 + fraction, exponent - 25);
        return bits < 0 ? -size : size;
    }
}

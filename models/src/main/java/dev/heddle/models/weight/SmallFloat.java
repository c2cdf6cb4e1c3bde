package dev.heddle.models.weight;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/**
 * IEEE-like formats of 16 bits: sign, exponent, fraction. JDK 17 has no conversion for them. Buffers as in {@link
 * FloatFormat}.
 */
enum SmallFloat {
    FLOAT16(10, 15),
    BFLOAT16(7, 127);

    private static final int DOUBLE_FRACTION_BITS = 52;
    private static final int DOUBLE_BIAS = 1023;

    /** Elements that go through an array at a time: single ones of a buffer cost several times as much. */
    private static final int PIECE = 1 << 10;

    private final int fractionBits;
    private final int bias;
    private final int infinity;
    private final double smallest;

    SmallFloat(int fractionBits, int bias) {
        this.fractionBits = fractionBits;
        this.bias = bias;
        this.infinity = (2 * bias + 1) << fractionBits;
        this.smallest = Math.scalb(1.0, 1 - bias - fractionBits);
    }

    void decode(ByteBuffer buffer, int first, int count, double[] into, int at) {
        ShortBuffer shorts = whole(buffer);
        short[] piece = new short[Math.min(count, PIECE)];
        for (int done = 0; done < count; done += piece.length) {
            int length = Math.min(piece.length, count - done);
            shorts.get(first + done, piece, 0, length);
            if (this == BFLOAT16) {
                widen(piece, length, into, at + done);
            } else {
                for (int index = 0; index < length; index++) {
                    into[at + done + index] = decode(piece[index]);
                }
            }
        }
    }

    /** A bfloat16 is the upper half of a float32. */
    private static void widen(short[] from, int count, double[] into, int at) {
        for (int index = 0; index < count; index++) {
            into[at + index] = Float.intBitsToFloat(from[index] << Short.SIZE);
        }
    }

    void encode(double[] values, int count, ByteBuffer into) {
        ShortBuffer shorts = whole(into);
        short[] piece = new short[Math.min(count, PIECE)];
        for (int done = 0; done < count; done += piece.length) {
            int length = Math.min(piece.length, count - done);
            for (int index = 0; index < length; index++) {
                piece[index] = encode(values[done + index]);
            }
            shorts.put(done, piece, 0, length);
        }
    }

    private static ShortBuffer whole(ByteBuffer buffer) {
        return buffer.duplicate().position(0).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    }

    int countNonFinite(ByteBuffer buffer, int count) {
        return NonFinite.shorts(buffer, count, infinity);
    }

    double decode(short bits) {
        int magnitude = bits & 0x7FFF;
        if (magnitude < 1 << fractionBits) {
            return bits < 0 ? -(magnitude * smallest) : magnitude * smallest;
        }
        long fraction = (long) magnitude << (DOUBLE_FRACTION_BITS - fractionBits);
        // All bits of the exponent set means NaN or infinite, here and there.
        long rebased = magnitude >= infinity
                ? fraction | Double.doubleToRawLongBits(Double.POSITIVE_INFINITY)
                : fraction + ((long) (DOUBLE_BIAS - bias) << DOUBLE_FRACTION_BITS);
        return Double.longBitsToDouble(rebased | ((bits & 0x8000L) << 48));
    }

    /** Rounded to the nearest, ties to even; a NaN becomes a quiet NaN without payload. */
    short encode(double value) {
        long bits = Double.doubleToRawLongBits(value);
        int sign = (int) (bits >>> 48) & 0x8000;
        int exponent = Math.getExponent(value);
        if (exponent >= 1 - bias && exponent <= bias) {
            // Nearly all numbers: a carry out of the fraction adds one to the exponent, up to infinity.
            int unused = DOUBLE_FRACTION_BITS - fractionBits;
            long magnitude = bits & Long.MAX_VALUE;
            long rounded = (magnitude + (1L << (unused - 1)) - 1 + (magnitude >>> unused & 1)) >>> unused;
            return (short) (sign | (int) (rounded - ((long) (DOUBLE_BIAS - bias) << fractionBits)));
        }
        if (Double.isNaN(value)) {
            return (short) (sign | infinity | (1 << (fractionBits - 1)));
        }
        if (exponent > bias) {
            return (short) (sign | infinity);
        }
        // Less than half of the smallest number.
        if (exponent < -bias - fractionBits) {
            return (short) sign;
        }
        // Below the smallest normal number the unit stays that of exponent 1 - bias: more bits fall away. A carry out
        // of the fraction makes a normal number.
        long fraction = (bits & ((1L << DOUBLE_FRACTION_BITS) - 1)) | (1L << DOUBLE_FRACTION_BITS);
        int dropped = DOUBLE_FRACTION_BITS - fractionBits + 1 - bias - exponent;
        return (short) (sign | (int) roundToEven(fraction, dropped));
    }

    private static long roundToEven(long value, int droppedBits) {
        long kept = value >>> droppedBits;
        long rest = value & ((1L << droppedBits) - 1);
        long half = 1L << (droppedBits - 1);
        boolean up = rest > half || (rest == half && (kept & 1) == 1);
        return up ? kept + 1 : kept;
    }
}

package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.DType;
import java.nio.ByteBuffer;

/** One element from one type to another: floats to the nearest, halves to the even one; IEEE 754-2019, 4.3.1. */
final class Rounding {

    private Rounding() {}

    /**
     * Moves an element.
     *
     * @return false if it is no number
     */
    static boolean copy(ByteBuffer from, DType stored, ByteBuffer to, DType wanted) {
        int at = from.position();
        double value = read(from, at, stored);
        from.position(at + stored.bytes());
        if (stored == wanted) {
            copyBits(from, at, stored.bytes(), to);
        } else {
            write(to, wanted, value);
        }
        return !Double.isNaN(value);
    }

    private static void copyBits(ByteBuffer from, int at, int bytes, ByteBuffer to) {
        switch (bytes) {
            case 1 -> to.put(from.get(at));
            case 2 -> to.putShort(from.getShort(at));
            case 4 -> to.putInt(from.getInt(at));
            default -> to.putLong(from.getLong(at));
        }
    }

    /** The element at that byte. */
    static double read(ByteBuffer from, int at, DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> from.getFloat(at);
            case FLOAT64 -> from.getDouble(at);
            case FLOAT16 -> Half.toDouble(from.getShort(at));
            case BFLOAT16 -> Float.intBitsToFloat(from.getShort(at) << 16);
            case INT64 -> from.getLong(at);
            case INT32 -> from.getInt(at);
            case INT8, BOOL -> from.get(at);
            case UINT8 -> Byte.toUnsignedInt(from.get(at));
            case UINT4, INT4 -> throw new IllegalArgumentException("elements of " + dtype.onnxName() + " share bytes");
        };
    }

    /** The nearest value of a float type. */
    static double nearest(double value, DType dtype) {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES);
        write(bytes, dtype, value);
        return read(bytes, 0, dtype);
    }

    /** Writes a value as an element of that type. */
    static void write(ByteBuffer to, DType dtype, double value) {
        switch (dtype) {
            case FLOAT32 -> to.putFloat((float) value);
            case FLOAT64 -> to.putDouble(value);
            case FLOAT16 -> to.putShort(Half.toFloat16(value));
            case BFLOAT16 -> to.putShort(Half.toBfloat16(value));
            case INT64 -> to.putLong((long) value);
            case INT32 -> to.putInt((int) value);
            case INT8, UINT8, BOOL -> to.put((byte) value);
            case UINT4, INT4 -> throw new IllegalArgumentException("elements of " + dtype.onnxName() + " share bytes");
        }
    }
}

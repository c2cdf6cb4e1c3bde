package dev.heddle.models.weight;

import dev.heddle.exporter.graph.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The binary formats of floating-point elements, to and from float64. Encoding rounds once, to the nearest, ties to
 * even; what is too large becomes infinite, what is too small a subnormal number or zero; the sign of zero stays.
 *
 * <p>Buffers are little-endian and used from their byte 0, whatever their position. Whole blocks per call, since a call
 * per element would be the larger part of the work.
 */
enum FloatFormat {
    FLOAT64(8) {
        @Override
        void decode(ByteBuffer buffer, int first, int count, double[] into, int at) {
            whole(buffer).asDoubleBuffer().get(first, into, at, count);
        }

        @Override
        void encode(double[] values, int count, ByteBuffer into) {
            whole(into).asDoubleBuffer().put(0, values, 0, count);
        }

        @Override
        int countNonFinite(ByteBuffer buffer, int count) {
            return NonFinite.doubles(buffer, count);
        }
    },
    FLOAT32(4) {
        @Override
        void decode(ByteBuffer buffer, int first, int count, double[] into, int at) {
            FloatBuffer floats = whole(buffer).asFloatBuffer();
            float[] piece = new float[Math.min(count, PIECE)];
            for (int done = 0; done < count; done += piece.length) {
                int length = Math.min(piece.length, count - done);
                floats.get(first + done, piece, 0, length);
                for (int index = 0; index < length; index++) {
                    into[at + done + index] = piece[index];
                }
            }
        }

        @Override
        void encode(double[] values, int count, ByteBuffer into) {
            FloatBuffer floats = whole(into).asFloatBuffer();
            float[] piece = new float[Math.min(count, PIECE)];
            for (int done = 0; done < count; done += piece.length) {
                int length = Math.min(piece.length, count - done);
                for (int index = 0; index < length; index++) {
                    piece[index] = (float) values[done + index];
                }
                floats.put(done, piece, 0, length);
            }
        }

        @Override
        int countNonFinite(ByteBuffer buffer, int count) {
            return NonFinite.floats(buffer, count);
        }
    },
    FLOAT16(2) {
        @Override
        void decode(ByteBuffer buffer, int first, int count, double[] into, int at) {
            SmallFloat.FLOAT16.decode(buffer, first, count, into, at);
        }

        @Override
        void encode(double[] values, int count, ByteBuffer into) {
            SmallFloat.FLOAT16.encode(values, count, into);
        }

        @Override
        int countNonFinite(ByteBuffer buffer, int count) {
            return SmallFloat.FLOAT16.countNonFinite(buffer, count);
        }
    },
    BFLOAT16(2) {
        @Override
        void decode(ByteBuffer buffer, int first, int count, double[] into, int at) {
            SmallFloat.BFLOAT16.decode(buffer, first, count, into, at);
        }

        @Override
        void encode(double[] values, int count, ByteBuffer into) {
            SmallFloat.BFLOAT16.encode(values, count, into);
        }

        @Override
        int countNonFinite(ByteBuffer buffer, int count) {
            return SmallFloat.BFLOAT16.countNonFinite(buffer, count);
        }
    };

    /** Elements that go through an array at a time: single ones of a buffer cost several times as much. */
    private static final int PIECE = 1 << 10;

    /** Views of a buffer begin at its position. */
    private static ByteBuffer whole(ByteBuffer buffer) {
        return buffer.duplicate().position(0).order(ByteOrder.LITTLE_ENDIAN);
    }

    private final int bytes;

    FloatFormat(int bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException if elements of this type are not floating-point numbers */
    static FloatFormat of(DType type) {
        return switch (type) {
            case FLOAT64 -> FLOAT64;
            case FLOAT32 -> FLOAT32;
            case FLOAT16 -> FLOAT16;
            case BFLOAT16 -> BFLOAT16;
            case UINT8, INT8, UINT4, INT4, INT32, INT64, BOOL ->
                throw new IllegalArgumentException(
                        "weights are floating-point numbers, got element type " + type.onnxName());
        };
    }

    /** The nearest number of this format. */
    double round(double value) {
        return switch (this) {
            case FLOAT64 -> value;
            case FLOAT32 -> (float) value;
            case FLOAT16 -> SmallFloat.FLOAT16.decode(SmallFloat.FLOAT16.encode(value));
            case BFLOAT16 -> SmallFloat.BFLOAT16.decode(SmallFloat.BFLOAT16.encode(value));
        };
    }

    /** The largest finite number. */
    double largest() {
        return switch (this) {
            case FLOAT64 -> Double.MAX_VALUE;
            case FLOAT32 -> Float.MAX_VALUE;
            case FLOAT16 -> 65504;
            case BFLOAT16 -> 0x1.FEp127;
        };
    }

    /** Bytes of one element. */
    int bytes() {
        return bytes;
    }

    /** Elements {@code first} to {@code first + count} of the buffer, into the array from {@code at} on. */
    abstract void decode(ByteBuffer buffer, int first, int count, double[] into, int at);

    /** The first {@code count} values, into the buffer from its byte 0 on. */
    abstract void encode(double[] values, int count, ByteBuffer into);

    /** How many of the first {@code count} elements are NaN or infinite. */
    abstract int countNonFinite(ByteBuffer buffer, int count);
}

package dev.heddle.models.weight;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A small piece of a matrix on its way from rows to columns. Elements pass through an array of the right type, since single elements of a buffer cost several times
 * as much; its rows are one longer than the piece is wide, or rows a power of two long would all compete for the same lines of the cache.
 */
interface TransposeTile {

    int ROWS = 32;
    int COLUMNS = 64;
    int STRIDE = COLUMNS + 1;

    /** Takes elements {@code from} to {@code from + count} of the strip as row {@code row}. */
    void take(int row, ByteBuffer strip, int from, int count);

    /** Writes one column, from row {@code top} to {@code bottom}; row 0 goes to element {@code to} of the target. */
    void put(int column, int top, int bottom, byte[] target, int to);

    /** For elements of this size. */
    static TransposeTile of(int bytes) {
        return switch (bytes) {
            case Short.BYTES -> new Shorts(new short[ROWS * STRIDE]);
            case Integer.BYTES -> new Ints(new int[ROWS * STRIDE]);
            default -> new Longs(new long[ROWS * STRIDE]);
        };
    }

    /** Of two bytes. */
    record Shorts(short[] elements) implements TransposeTile {
        private static final VarHandle BYTES =
                MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

        @Override
        public void take(int row, ByteBuffer strip, int from, int count) {
            strip.asShortBuffer().get(from, elements, row * STRIDE, count);
        }

        @Override
        public void put(int column, int top, int bottom, byte[] target, int to) {
            for (int row = top; row < bottom; row++) {
                BYTES.set(target, (to + row) * Short.BYTES, elements[row * STRIDE + column]);
            }
        }
    }

    /** Of four bytes. */
    record Ints(int[] elements) implements TransposeTile {
        private static final VarHandle BYTES =
                MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

        @Override
        public void take(int row, ByteBuffer strip, int from, int count) {
            strip.asIntBuffer().get(from, elements, row * STRIDE, count);
        }

        @Override
        public void put(int column, int top, int bottom, byte[] target, int to) {
            for (int row = top; row < bottom; row++) {
                BYTES.set(target, (to + row) * Integer.BYTES, elements[row * STRIDE + column]);
            }
        }
    }

    /** Of eight bytes. */
    record Longs(long[] elements) implements TransposeTile {
        private static final VarHandle BYTES =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

        @Override
        public void take(int row, ByteBuffer strip, int from, int count) {
            strip.asLongBuffer().get(from, elements, row * STRIDE, count);
        }

        @Override
        public void put(int column, int top, int bottom, byte[] target, int to) {
            for (int row = top; row < bottom; row++) {
                BYTES.set(target, (to + row) * Long.BYTES, elements[row * STRIDE + column]);
            }
        }
    }
}

package dev.heddle.models.weight;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * A small piece of a matrix on its way from rows to columns. Elements pass through an array of the right type, since single elements of a buffer cost several times
 * as much; its rows are one longer than the piece is wide, or rows a power of two long would all compete for the same lines of the cache.
 */
interface TransposeTile {

    int ROWS = 64;
    int COLUMNS = 32;
    int STRIDE = COLUMNS + 1;

    /** Gives row {@code row} of the next pieces. */
    void strip(int row, ByteBuffer strip);

    /** Takes elements {@code from} to {@code from + width} of the first {@code height} strips. */
    void take(int height, int from, int width);

    /** Writes one column, from row {@code top} to {@code bottom}; row 0 goes to element {@code to} of the target. */
    void put(int column, int top, int bottom, int to);

    /**
     * @param bytes of an element
     * @param target little endian
     */
    static TransposeTile of(int bytes, ByteBuffer target) {
        return switch (bytes) {
            case Short.BYTES -> new Shorts(target);
            case Integer.BYTES -> new Ints(target);
            default -> new Longs(target);
        };
    }

    /** Of two bytes. */
    record Shorts(ShortBuffer[] strips, ShortBuffer target, short[] elements, short[] line) implements TransposeTile {
        Shorts(ByteBuffer target) {
            this(new ShortBuffer[ROWS], target.asShortBuffer(), new short[ROWS * STRIDE], new short[ROWS]);
        }

        @Override
        public void strip(int row, ByteBuffer strip) {
            strips[row] = strip.asShortBuffer();
        }

        @Override
        public void take(int height, int from, int width) {
            for (int row = 0; row < height; row++) {
                strips[row].get(from, elements, row * STRIDE, width);
            }
        }

        @Override
        public void put(int column, int top, int bottom, int to) {
            for (int row = top; row < bottom; row++) {
                line[row] = elements[row * STRIDE + column];
            }
            target.put(to + top, line, top, bottom - top);
        }
    }

    /** Of four bytes. */
    record Ints(IntBuffer[] strips, IntBuffer target, int[] elements, int[] line) implements TransposeTile {
        Ints(ByteBuffer target) {
            this(new IntBuffer[ROWS], target.asIntBuffer(), new int[ROWS * STRIDE], new int[ROWS]);
        }

        @Override
        public void strip(int row, ByteBuffer strip) {
            strips[row] = strip.asIntBuffer();
        }

        @Override
        public void take(int height, int from, int width) {
            for (int row = 0; row < height; row++) {
                strips[row].get(from, elements, row * STRIDE, width);
            }
        }

        @Override
        public void put(int column, int top, int bottom, int to) {
            for (int row = top; row < bottom; row++) {
                line[row] = elements[row * STRIDE + column];
            }
            target.put(to + top, line, top, bottom - top);
        }
    }

    /** Of eight bytes. */
    record Longs(LongBuffer[] strips, LongBuffer target, long[] elements, long[] line) implements TransposeTile {
        Longs(ByteBuffer target) {
            this(new LongBuffer[ROWS], target.asLongBuffer(), new long[ROWS * STRIDE], new long[ROWS]);
        }

        @Override
        public void strip(int row, ByteBuffer strip) {
            strips[row] = strip.asLongBuffer();
        }

        @Override
        public void take(int height, int from, int width) {
            for (int row = 0; row < height; row++) {
                strips[row].get(from, elements, row * STRIDE, width);
            }
        }

        @Override
        public void put(int column, int top, int bottom, int to) {
            for (int row = top; row < bottom; row++) {
                line[row] = elements[row * STRIDE + column];
            }
            target.put(to + top, line, top, bottom - top);
        }
    }
}

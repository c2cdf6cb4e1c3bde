package dev.heddle.models.weight;

import java.nio.ByteBuffer;

/**
 * A small piece of a matrix on its way from rows to columns. Elements pass through an array of the right type, since single elements of a buffer cost several times
 * as much; its rows are one longer than the piece is wide, or rows a power of two long would all compete for the same lines of the cache.
 */
interface TransposeTile {

    int ROWS = 64;
    int COLUMNS = 32;
    int STRIDE = COLUMNS + 1;

    /** Takes elements {@code from} to {@code from + count} of the strip as row {@code row}. */
    void take(int row, ByteBuffer strip, int from, int count);

    /** Writes one column, from row {@code top} to {@code bottom}; row 0 goes to element {@code to} of the target. */
    void put(int column, int top, int bottom, ByteBuffer target, int to);

    /** For elements of this size. */
    static TransposeTile of(int bytes) {
        return switch (bytes) {
            case Short.BYTES -> new Shorts(new short[ROWS * STRIDE], new short[ROWS]);
            case Integer.BYTES -> new Ints(new int[ROWS * STRIDE], new int[ROWS]);
            default -> new Longs(new long[ROWS * STRIDE], new long[ROWS]);
        };
    }

    /** Of two bytes. */
    record Shorts(short[] elements, short[] line) implements TransposeTile {
        @Override
        public void take(int row, ByteBuffer strip, int from, int count) {
            strip.asShortBuffer().get(from, elements, row * STRIDE, count);
        }

        @Override
        public void put(int column, int top, int bottom, ByteBuffer target, int to) {
            for (int row = top; row < bottom; row++) {
                line[row] = elements[row * STRIDE + column];
            }
            target.asShortBuffer().put(to + top, line, top, bottom - top);
        }
    }

    /** Of four bytes. */
    record Ints(int[] elements, int[] line) implements TransposeTile {
        @Override
        public void take(int row, ByteBuffer strip, int from, int count) {
            strip.asIntBuffer().get(from, elements, row * STRIDE, count);
        }

        @Override
        public void put(int column, int top, int bottom, ByteBuffer target, int to) {
            for (int row = top; row < bottom; row++) {
                line[row] = elements[row * STRIDE + column];
            }
            target.asIntBuffer().put(to + top, line, top, bottom - top);
        }
    }

    /** Of eight bytes. */
    record Longs(long[] elements, long[] line) implements TransposeTile {
        @Override
        public void take(int row, ByteBuffer strip, int from, int count) {
            strip.asLongBuffer().get(from, elements, row * STRIDE, count);
        }

        @Override
        public void put(int column, int top, int bottom, ByteBuffer target, int to) {
            for (int row = top; row < bottom; row++) {
                line[row] = elements[row * STRIDE + column];
            }
            target.asLongBuffer().put(to + top, line, top, bottom - top);
        }
    }
}

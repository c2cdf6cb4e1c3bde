package dev.heddle.models.weight;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A small piece of a matrix on its way from rows to columns. Elements pass through arrays that fit a cache, and are turned eight bytes at a time: two rows of
 * four-byte elements, or four of two-byte ones, give as many long words of the columns.
 */
final class TransposeTile {

    static final int ROWS = 128;

    /** Of one row. */
    private static final int BYTES = 256;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOWER_INT = 0x0000_0000_FFFF_FFFFL;
    private static final long EVEN_SHORTS = 0x0000_FFFF_0000_FFFFL;

    private final byte[] rows = new byte[ROWS * BYTES];
    private final byte[] columns = new byte[ROWS * BYTES];
    private final int size;
    private final int columnBytes;

    /** @param size bytes of an element: 2, 4 or 8 */
    TransposeTile(int size) {
        this.size = size;
        this.columnBytes = ROWS * size;
    }

    /** How many columns fit. */
    int width() {
        return BYTES / size;
    }

    /** Takes elements {@code from} to {@code from + width} of a strip as its row {@code row}. */
    void take(int row, ByteBuffer strip, int from, int width) {
        strip.get(from * size, rows, row * BYTES, width * size);
    }

    /** To be called between the last row and the first column. */
    void turn(int height, int width) {
        switch (size) {
            case Short.BYTES -> turnShorts(height, width);
            case Integer.BYTES -> turnInts(height, width);
            default -> turnLongs(height, width);
        }
    }

    /** Writes one column, from row {@code top} to {@code bottom}; row 0 goes to element {@code to} of the target. */
    void put(int column, int top, int bottom, ByteBuffer target, int to) {
        target.put((to + top) * size, columns, column * columnBytes + top * size, (bottom - top) * size);
    }

    private long word(int at) {
        return (long) WORD.get(rows, at);
    }

    private void put(int at, long word) {
        WORD.set(columns, at, word);
    }

    /** Four rows and columns at a time; those beyond the height and width are turned along and never put. */
    private void turnShorts(int height, int width) {
        for (int row = 0; row < height; row += 4) {
            int from = row * BYTES;
            int to = row * Short.BYTES;
            for (int column = 0; column < width; column += 4, from += Long.BYTES, to += 4 * columnBytes) {
                long first = word(from);
                long second = word(from + BYTES);
                long third = word(from + 2 * BYTES);
                long fourth = word(from + 3 * BYTES);
                long leftOdd = first & LOWER_INT | third << Integer.SIZE;
                long leftEven = second & LOWER_INT | fourth << Integer.SIZE;
                long rightOdd = first >>> Integer.SIZE | third & ~LOWER_INT;
                long rightEven = second >>> Integer.SIZE | fourth & ~LOWER_INT;
                put(to, leftOdd & EVEN_SHORTS | (leftEven & EVEN_SHORTS) << Short.SIZE);
                put(to + columnBytes, leftOdd >>> Short.SIZE & EVEN_SHORTS | leftEven & ~EVEN_SHORTS);
                put(to + 2 * columnBytes, rightOdd & EVEN_SHORTS | (rightEven & EVEN_SHORTS) << Short.SIZE);
                put(to + 3 * columnBytes, rightOdd >>> Short.SIZE & EVEN_SHORTS | rightEven & ~EVEN_SHORTS);
            }
        }
    }

    private void turnInts(int height, int width) {
        for (int row = 0; row < height; row += 2) {
            int from = row * BYTES;
            int to = row * Integer.BYTES;
            for (int column = 0; column < width; column += 2, from += Long.BYTES, to += 2 * columnBytes) {
                long first = word(from);
                long second = word(from + BYTES);
                put(to, first & LOWER_INT | second << Integer.SIZE);
                put(to + columnBytes, first >>> Integer.SIZE | second & ~LOWER_INT);
            }
        }
    }

    private void turnLongs(int height, int width) {
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                put(column * columnBytes + row * Long.BYTES, word(row * BYTES + column * Long.BYTES));
            }
        }
    }
}

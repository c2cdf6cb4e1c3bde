package dev.heddle.models.weight;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Matrices with their last two axes swapped.
 *
 * <p>A block is a number of whole output rows, that is, of columns of the source: a strip of every source row is read
 * and turned. So the memory needed is that of one block, however large the matrix.
 *
 * @param rows of one source matrix, the length of an output row
 * @param columns of one source matrix, the number of its output rows
 */
record TransposedElements(Elements of, int rows, int columns) implements Elements {

    /** Large, so that the strips of a tall matrix stay wide: 32 columns of 128256 rows. */
    private static final int BLOCK_LENGTH = 1 << 22;

    @Override
    public FloatFormat format() {
        return of.format();
    }

    @Override
    public int blockLength() {
        return Math.multiplyExact(rows, Math.max(1, Math.min(columns, BLOCK_LENGTH / rows)));
    }

    @Override
    public ByteBuffer read(long first, int count) {
        ByteBuffer turned =
                ByteBuffer.allocate(Math.multiplyExact(count, format().bytes())).order(ByteOrder.LITTLE_ENDIAN);
        long matrix = (long) rows * columns;
        int done = 0;
        while (done < count) {
            long inMatrix = (first + done) % matrix;
            int piece = (int) Math.min(count - done, matrix - inMatrix);
            turn(first + done - inMatrix, inMatrix, piece, turned, done);
            done += piece;
        }
        return turned;
    }

    /** Elements {@code from} to {@code from + count} of the turned matrix whose source begins at {@code base}. */
    private void turn(long base, long from, int count, ByteBuffer turned, int at) {
        int firstColumn = (int) (from / rows);
        int width = (int) ((from + count - 1) / rows) - firstColumn + 1;
        for (int row = 0; row < rows; row++) {
            ByteBuffer strip = of.read(base + (long) row * columns + firstColumn, width);
            long target = (long) firstColumn * rows + row - from;
            for (int column = 0; column < width; column++, target += rows) {
                if (target >= 0 && target < count) {
                    move(strip, column, turned, at + (int) target);
                }
            }
        }
    }

    private void move(ByteBuffer source, int from, ByteBuffer target, int to) {
        switch (format().bytes()) {
            case Short.BYTES -> target.putShort(to * Short.BYTES, source.getShort(from * Short.BYTES));
            case Integer.BYTES -> target.putInt(to * Integer.BYTES, source.getInt(from * Integer.BYTES));
            default -> target.putLong(to * Long.BYTES, source.getLong(from * Long.BYTES));
        }
    }
}

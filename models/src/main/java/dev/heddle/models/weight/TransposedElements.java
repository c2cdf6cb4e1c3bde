package dev.heddle.models.weight;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Matrices with their last two axes swapped.
 *
 * <p>A block is a number of whole output rows, that is, of columns of the source: a strip of every source row is read
 * and turned. So the memory needed is that of one block, however large the matrix. Source rows are taken several at a
 * time: their elements of one column are neighbours in the result, which is then written by whole cache lines.
 *
 * @param rows of one source matrix, the length of an output row
 * @param columns of one source matrix, the number of its output rows
 */
record TransposedElements(Elements of, int rows, int columns) implements Elements {

    /** Large, so that the strips of a tall matrix stay wide: 63 columns of 133120 rows. */
    private static final int BLOCK_ELEMENTS = 1 << 23;

    @Override
    public FloatFormat format() {
        return of.format();
    }

    @Override
    public int blockLength() {
        return Math.multiplyExact(rows, Math.max(1, Math.min(columns, BLOCK_ELEMENTS / rows)));
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
        TransposeTile tile = TransposeTile.of(format().bytes(), turned);
        for (int row = 0; row < rows; row += TransposeTile.ROWS) {
            int height = Math.min(TransposeTile.ROWS, rows - row);
            for (int i = 0; i < height; i++) {
                tile.strip(i, of.read(base + (long) (row + i) * columns + firstColumn, width));
            }
            for (int column = 0; column < width; column += TransposeTile.COLUMNS) {
                int columnsHere = Math.min(TransposeTile.COLUMNS, width - column);
                tile.take(height, column, columnsHere);
                long target = (long) (firstColumn + column) * rows + row - from;
                put(tile, columnsHere, height, target, count, at);
            }
        }
    }

    /** The first and the last column of all may be wanted in part: what lies before element 0 or behind {@code count} is left out. */
    private void put(TransposeTile tile, int width, int height, long target, int count, int at) {
        for (int column = 0; column < width; column++, target += rows) {
            int top = (int) Math.max(0, -target);
            int bottom = (int) Math.min(height, count - target);
            if (top < bottom) {
                tile.put(column, top, bottom, at + (int) target);
            }
        }
    }
}

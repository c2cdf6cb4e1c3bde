package dev.heddle.models.weight;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Matrices with their last two axes swapped.
 *
 * <p>A block is a number of output rows, that is, of columns of the source: a strip of every source row is read and turned. So the memory needed is that of one block,
 * however large the matrix. Source rows are taken several at a time: their elements of one column are neighbours in the result, which is then written by whole cache
 * lines.
 *
 * @param rows of one source matrix, the length of an output row
 * @param columns of one source matrix, the number of its output rows
 */
record TransposedElements(Elements of, int rows, int columns, BlockBuffers buffers) implements Elements {

    @Override
    public FloatFormat format() {
        return of.format();
    }

    @Override
    public int blockLength() {
        return BlockBuffers.BYTES / format().bytes();
    }

    @Override
    public ByteBuffer read(long first, int count) {
        ByteBuffer turned =
                ByteBuffer.allocate(Math.multiplyExact(count, format().bytes())).order(ByteOrder.LITTLE_ENDIAN);
        turn(first, count, turned);
        return turned;
    }

    @Override
    public void give(long first, int count, Taker taker) throws IOException {
        ByteBuffer turned = buffers.take();
        for (int done = 0; done < count; done += blockLength()) {
            int length = Math.min(blockLength(), count - done);
            turn(first + done, length, turned);
            taker.take(turned.clear().limit(length * format().bytes()), length);
        }
        buffers.giveBack(turned);
    }

    private void turn(long first, int count, ByteBuffer turned) {
        long matrix = (long) rows * columns;
        int done = 0;
        while (done < count) {
            long inMatrix = (first + done) % matrix;
            int piece = (int) Math.min(count - done, matrix - inMatrix);
            turn(first + done - inMatrix, inMatrix, piece, turned, done);
            done += piece;
        }
    }

    /** Elements {@code from} to {@code from + count} of the turned matrix whose source begins at {@code base}. */
    private void turn(long base, long from, int count, ByteBuffer turned, int at) {
        int firstColumn = (int) (from / rows);
        int width = (int) ((from + count - 1) / rows) - firstColumn + 1;
        TransposeTile tile = new TransposeTile(format().bytes());
        ByteBuffer[] strips = new ByteBuffer[TransposeTile.ROWS];
        for (int row = 0; row < rows; row += strips.length) {
            int height = Math.min(strips.length, rows - row);
            for (int i = 0; i < height; i++) {
                strips[i] = of.read(base + (long) (row + i) * columns + firstColumn, width);
            }
            for (int column = 0; column < width; column += tile.width()) {
                int columnsHere = Math.min(tile.width(), width - column);
                for (int i = 0; i < height; i++) {
                    tile.take(i, strips[i], column, columnsHere);
                }
                tile.turn(height, columnsHere);
                long target = (long) (firstColumn + column) * rows + row - from;
                put(tile, columnsHere, height, target, count, turned, at);
            }
        }
    }

    /** The first and the last column of all may be wanted in part: what lies before element 0 or behind {@code count} is left out. */
    private void put(TransposeTile tile, int width, int height, long first, int count, ByteBuffer turned, int at) {
        long target = first;
        for (int column = 0; column < width; column++, target += rows) {
            int top = (int) Math.max(0, -target);
            int bottom = (int) Math.min(height, count - target);
            if (top < bottom) {
                tile.put(column, top, bottom, turned, at + (int) target);
            }
        }
    }
}

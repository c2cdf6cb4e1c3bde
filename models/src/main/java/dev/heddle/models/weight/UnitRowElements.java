package dev.heddle.models.weight;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;

/**
 * A matrix whose source rows are divided by their norms, in float64; as it is stored, or turned, when a source row is a column. Turned first and divided then: to
 * turn float64 would take strips half or a quarter as wide.
 *
 * @param of the matrix before the division
 * @param columns of {@code of}
 * @param turned true if its columns are the source rows
 */
record UnitRowElements(Elements of, RowNorms norms, int columns, boolean turned) implements Elements {

    private static final int PIECE = 1 << 13;

    @Override
    public FloatFormat format() {
        return FloatFormat.FLOAT64;
    }

    @Override
    public int blockLength() {
        return of.blockLength();
    }

    @Override
    public ByteBuffer read(long first, int count) {
        double[] found = norms.values();
        ByteBuffer source = of.read(first, count);
        ByteBuffer unit =
                ByteBuffer.allocate(Math.multiplyExact(count, Double.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        DoubleBuffer target = unit.asDoubleBuffer();
        double[] piece = new double[Math.min(PIECE, count)];
        for (int done = 0; done < count; done += piece.length) {
            int length = Math.min(piece.length, count - done);
            of.format().decode(source, done, length, piece, 0);
            divide(piece, length, first + done, found);
            target.put(piece, 0, length);
        }
        return unit;
    }

    private void divide(double[] piece, int length, long first, double[] found) {
        int row = (int) (first / columns);
        int column = (int) (first % columns);
        for (int index = 0; index < length; index++) {
            piece[index] /= found[turned ? column : row];
            if (++column == columns) {
                column = 0;
                row++;
            }
        }
    }
}

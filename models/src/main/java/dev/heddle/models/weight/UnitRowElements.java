package dev.heddle.models.weight;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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
        ByteBuffer unit =
                ByteBuffer.allocate(Math.multiplyExact(count, Double.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer source = of.read(first, count);
        double[] piece = new double[Math.min(PIECE, count)];
        for (int done = 0; done < count; done += piece.length) {
            int length = Math.min(piece.length, count - done);
            unit(source, done, length, first, piece);
            unit.asDoubleBuffer().put(done, piece, 0, length);
        }
        return unit;
    }

    /** In pieces that fit a cache. */
    @Override
    public void give(long first, int count, Taker taker) throws IOException {
        double[] piece = new double[PIECE];
        ByteBuffer unit = ByteBuffer.allocate(PIECE * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long[] next = {first};
        of.give(first, count, (source, given) -> {
            for (int done = 0; done < given; done += PIECE) {
                int length = Math.min(PIECE, given - done);
                unit(source, done, length, next[0], piece);
                format().encode(piece, length, unit.clear());
                taker.take(unit.limit(length * Double.BYTES), length);
            }
            next[0] += given;
        });
    }

    /** Decodes and divides elements {@code from} to {@code from + length} of a buffer that begins with element {@code first}. */
    private void unit(ByteBuffer source, int from, int length, long first, double[] into) {
        of.format().decode(source, from, length, into, 0);
        double[] divisors = norms.values();
        int row = (int) ((first + from) / columns);
        int column = (int) ((first + from) % columns);
        for (int done = 0; done < length; row++, column = 0) {
            int end = Math.min(length, done + columns - column);
            if (turned) {
                divide(into, done, end, divisors, column);
            } else {
                divide(into, done, end, divisors[row]);
            }
            done = end;
        }
    }

    private static void divide(double[] values, int from, int to, double[] divisors, int at) {
        int shift = at - from;
        for (int index = from; index < to; index++) {
            values[index] /= divisors[index + shift];
        }
    }

    private static void divide(double[] values, int from, int to, double divisor) {
        for (int index = from; index < to; index++) {
            values[index] /= divisor;
        }
    }
}

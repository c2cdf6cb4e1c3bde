package dev.heddle.models.weight;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;

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
        DoubleBuffer target = unit.asDoubleBuffer();
        ByteBuffer source = of.read(first, count);
        Division division = new Division();
        for (int done = 0; done < count; done += PIECE) {
            int length = Math.min(PIECE, count - done);
            target.put(division.unit(source, done, length, first), 0, length);
        }
        return unit;
    }

    /** In pieces that fit a cache. */
    @Override
    public void give(long first, int count, Taker taker) throws IOException {
        Division division = new Division();
        ByteBuffer unit = ByteBuffer.allocate(PIECE * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long[] next = {first};
        of.give(first, count, (source, given) -> {
            for (int done = 0; done < given; done += PIECE) {
                int length = Math.min(PIECE, given - done);
                format().encode(division.unit(source, done, length, next[0]), length, unit.clear());
                taker.take(unit.limit(length * Double.BYTES), length);
            }
            next[0] += given;
        });
    }

    /** Of one piece at a time. The divisors are laid out beside the elements, so that the compiler can divide several at once. */
    private final class Division {
        private final double[] elements = new double[PIECE];
        private final double[] divisors = new double[PIECE];
        private final double[] found = norms.values();

        /** Elements {@code from} to {@code from + length} of a buffer that begins with element {@code first}; valid until the next call. */
        double[] unit(ByteBuffer source, int from, int length, long first) {
            of.format().decode(source, from, length, elements, 0);
            layOut(first + from, length);
            for (int index = 0; index < length; index++) {
                elements[index] /= divisors[index];
            }
            return elements;
        }

        private void layOut(long first, int length) {
            int row = (int) (first / columns);
            int column = (int) (first % columns);
            for (int done = 0; done < length; row++, column = 0) {
                int count = Math.min(length - done, columns - column);
                if (turned) {
                    System.arraycopy(found, column, divisors, done, count);
                } else {
                    Arrays.fill(divisors, done, done + count, found[row]);
                }
                done += count;
            }
        }
    }
}

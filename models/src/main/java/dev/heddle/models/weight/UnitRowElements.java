package dev.heddle.models.weight;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Rows of a matrix divided by their L2 norms (at least 1e-12), in float64. */
final class UnitRowElements implements Elements {

    /** As torch's {@code normalize}: a row of zeros stays a row of zeros. */
    private static final double SMALLEST_NORM = 1e-12;

    private final Elements of;
    private final int columns;
    private final double[] norms;
    private boolean known;

    UnitRowElements(Elements of, int rows, int columns) {
        this.of = of;
        this.columns = columns;
        this.norms = new double[rows];
    }

    /** Found at the first read, in one pass over the matrix: a block of a transposed matrix needs those of all rows. */
    private synchronized double[] norms() {
        if (!known) {
            double[] row = new double[columns];
            for (int index = 0; index < norms.length; index++) {
                decode((long) index * columns, row);
                norms[index] = norm(row);
            }
            known = true;
        }
        return norms;
    }

    private void decode(long first, double[] into) {
        of.format().decode(of.read(first, into.length), 0, into.length, into, 0);
    }

    private static double norm(double[] row) {
        double squares = 0;
        for (double value : row) {
            squares += value * value;
        }
        return Math.max(Math.sqrt(squares), SMALLEST_NORM);
    }

    private void divide(double[] values, long first, double[] norms) {
        int index = 0;
        while (index < values.length) {
            int end = (int) Math.min(values.length, index + columns - (first + index) % columns);
            double norm = norms[(int) ((first + index) / columns)];
            for (; index < end; index++) {
                values[index] /= norm;
            }
        }
    }

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
        double[] values = new double[count];
        decode(first, values);
        divide(values, first, norms());
        ByteBuffer unit =
                ByteBuffer.allocate(Math.multiplyExact(count, Double.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        format().encode(values, count, unit);
        return unit;
    }
}

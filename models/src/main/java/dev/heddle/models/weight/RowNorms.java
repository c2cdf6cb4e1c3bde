package dev.heddle.models.weight;

/** L2 norms of the rows of a matrix, at least 1e-12. Found when first asked for, in one pass over the matrix. Thread-safe. */
final class RowNorms {

    /** As torch's {@code normalize}: a row of zeros stays a row of zeros. */
    private static final double SMALLEST_NORM = 1e-12;

    /** Squares are added up in order, each sum waiting for the one before; so many rows side by side keep the processor busy. */
    private static final int SIDE_BY_SIDE = 4;

    private final Elements of;
    private final int columns;
    private final double[] norms;
    private boolean known;

    RowNorms(Elements of, int rows, int columns) {
        this.of = of;
        this.columns = columns;
        this.norms = new double[rows];
    }

    /** By row; not to be written to. */
    synchronized double[] values() {
        if (!known) {
            double[] rows = new double[Math.multiplyExact(SIDE_BY_SIDE, columns)];
            for (int first = 0; first < norms.length; first += SIDE_BY_SIDE) {
                int count = Math.min(SIDE_BY_SIDE, norms.length - first);
                int elements = count * columns;
                of.format().decode(of.read((long) first * columns, elements), 0, elements, rows, 0);
                double[] squares = squares(rows);
                for (int row = 0; row < count; row++) {
                    norms[first + row] = Math.max(Math.sqrt(squares[row]), SMALLEST_NORM);
                }
            }
            known = true;
        }
        return norms;
    }

    private double[] squares(double[] rows) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        for (int column = 0; column < columns; column++) {
            first += rows[column] * rows[column];
            second += rows[columns + column] * rows[columns + column];
            third += rows[2 * columns + column] * rows[2 * columns + column];
            fourth += rows[3 * columns + column] * rows[3 * columns + column];
        }
        return new double[] {first, second, third, fourth};
    }
}

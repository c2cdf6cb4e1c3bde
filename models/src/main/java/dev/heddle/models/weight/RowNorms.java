package dev.heddle.models.weight;

/** L2 norms of the rows of a matrix, at least 1e-12. Found when first asked for, in one pass over the matrix. Thread-safe. */
final class RowNorms {

    /** As torch's {@code normalize}: a row of zeros stays a row of zeros. */
    private static final double SMALLEST_NORM = 1e-12;

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
            double[] row = new double[columns];
            for (int index = 0; index < norms.length; index++) {
                of.format().decode(of.read((long) index * columns, columns), 0, columns, row, 0);
                norms[index] = norm(row);
            }
            known = true;
        }
        return norms;
    }

    private static double norm(double[] row) {
        double squares = 0;
        for (double value : row) {
            squares += value * value;
        }
        return Math.max(Math.sqrt(squares), SMALLEST_NORM);
    }
}

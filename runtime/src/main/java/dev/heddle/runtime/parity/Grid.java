package dev.heddle.runtime.parity;

import java.util.Arrays;

/**
 * A matrix to look at, at most {@value #MOST} cells a side: of a larger one each cell is the largest of its block, so
 * that a single outlier stays visible. A NaN in a block wins.
 */
public final class Grid {
    /** Cells a side. */
    public static final int MOST = 96;

    private final long fullRows;
    private final long fullColumns;
    private final double[][] cells;

    private Grid(long fullRows, long fullColumns, double[][] cells) {
        this.fullRows = fullRows;
        this.fullColumns = fullColumns;
        this.cells = cells;
    }

    /** A value of the full matrix. */
    @FunctionalInterface
    public interface Source {
        double at(long row, long column);
    }

    /** @throws IllegalArgumentException if a side is below 1 */
    public static Grid of(long rows, long columns, Source source) {
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException("expected a matrix with a value, got [" + rows + ", " + columns + "]");
        }
        double[][] cells = new double[(int) Math.min(rows, MOST)][(int) Math.min(columns, MOST)];
        for (double[] row : cells) {
            Arrays.fill(row, Double.NEGATIVE_INFINITY);
        }
        for (long row = 0; row < rows; row++) {
            double[] target = cells[(int) (row * cells.length / rows)];
            for (long column = 0; column < columns; column++) {
                int cell = (int) (column * target.length / columns);
                // Unlike >, Math.max keeps a NaN.
                target[cell] = Math.max(target[cell], source.at(row, column));
            }
        }
        return new Grid(rows, columns, cells);
    }

    /** Of the full matrix. */
    public long fullRows() {
        return fullRows;
    }

    /** Of the full matrix. */
    public long fullColumns() {
        return fullColumns;
    }

    public int rows() {
        return cells.length;
    }

    public int columns() {
        return cells[0].length;
    }

    public double at(int row, int column) {
        return cells[row][column];
    }

    /** Largest finite cell; 0 if there is none above. */
    public double largest() {
        return Arrays.stream(cells)
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .reduce(0, Math::max);
    }
}

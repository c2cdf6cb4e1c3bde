package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Figures;
import dev.heddle.runtime.parity.Grid;
import dev.heddle.runtime.parity.Illustration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * A matrix in colours.
 *
 * @param levels paths of the cells of one colour each; the best level, 0, is the background
 * @param bad path of the cells that are no numbers
 * @param cells all values, row after row, for what shows under the pointer
 */
record HeatMap(
        String title,
        String about,
        int rows,
        int columns,
        List<Level> levels,
        String bad,
        String cells,
        String least,
        String most) {

    /** Dark to light, as in matplotlib's viridis (Smith and van der Walt 2015, CC0). */
    private static final List<String> COLOURS = List.of(
            "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151",
            "#bddf26", "#fde725");

    /** How far below the largest error colours reach. */
    private static final double DECADES = 5;

    record Level(String colour, String path) {}

    static List<HeatMap> of(Illustration illustration) {
        if (illustration instanceof Illustration.ErrorMap map) {
            return List.of(logarithmic(map.title(), map.errors()));
        }
        if (illustration instanceof Illustration.AttentionScores scores) {
            double most = Math.max(scores.expected().largest(), scores.actual().largest());
            List<HeatMap> maps = new ArrayList<>();
            maps.add(linear(scores.title() + ", expected", scores.expected(), most));
            maps.add(linear(scores.title() + ", actual", scores.actual(), most));
            scores.difference()
                    .ifPresent(
                            difference -> maps.add(logarithmic(scores.title() + ", |actual - expected|", difference)));
            return maps;
        }
        return List.of();
    }

    int width() {
        return columns * cellSize();
    }

    int height() {
        return rows * cellSize();
    }

    /** Small matrices in large cells. */
    int cellSize() {
        return Math.max(4, Math.min(24, 384 / Math.max(rows, columns)));
    }

    private static HeatMap logarithmic(String title, Grid grid) {
        double most = grid.largest();
        double least = most * Math.pow(10, -DECADES);
        return new Painter(grid, value -> 1 + Math.log10(value / most) / DECADES).paint(title, least, most);
    }

    private static HeatMap linear(String title, Grid grid, double most) {
        return new Painter(grid, value -> value / most).paint(title, 0, most);
    }

    /** Where a value lies between no colour, 0, and the brightest, 1. */
    private interface Scale {
        double of(double value);
    }

    private record Painter(Grid grid, Scale scale) {
        private static final int NOTHING = 0;
        private static final int BAD = -1;

        HeatMap paint(String title, double least, double most) {
            List<StringBuilder> paths = new ArrayList<>();
            COLOURS.forEach(colour -> paths.add(new StringBuilder()));
            StringBuilder bad = new StringBuilder();
            StringJoiner cells = new StringJoiner(" ");
            for (int row = 0; row < grid.rows(); row++) {
                int start = 0;
                for (int column = 0; column < grid.columns(); column++) {
                    cells.add(Figures.error(grid.at(row, column)));
                    boolean ends = column + 1 == grid.columns() || level(row, column + 1) != level(row, column);
                    if (ends) {
                        int level = level(row, column);
                        StringBuilder path = level == BAD ? bad : paths.get(level);
                        run(path, row, start, column + 1);
                        start = column + 1;
                    }
                }
            }
            List<Level> levels = new ArrayList<>();
            for (int i = 0; i < paths.size(); i++) {
                levels.add(new Level(COLOURS.get(i), paths.get(i).toString()));
            }
            return new HeatMap(
                    VisibleText.of(title, 120),
                    about(),
                    grid.rows(),
                    grid.columns(),
                    levels,
                    bad.toString(),
                    cells.toString(),
                    Figures.error(least),
                    Figures.error(most));
        }

        private int level(int row, int column) {
            double value = grid.at(row, column);
            if (!Double.isFinite(value)) {
                return BAD;
            }
            double part = value > 0 ? scale.of(value) : NOTHING;
            return (int) Math.max(NOTHING, Math.min(COLOURS.size() - 1, Math.round(part * (COLOURS.size() - 1))));
        }

        private String about() {
            String size = "[%d, %d]".formatted(grid.fullRows(), grid.fullColumns());
            boolean whole = grid.fullRows() == grid.rows() && grid.fullColumns() == grid.columns();
            return whole ? size : size + ", each cell the largest of its block";
        }

        private static void run(StringBuilder path, int row, int from, int to) {
            path.append("M%d %dh%dv1h%dz".formatted(from, row, to - from, from - to));
        }
    }
}

package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.ErrorStatistics;
import dev.heddle.runtime.parity.Figures;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.parity.WorstElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tensor's row in the table of a section.
 *
 * @param numbers in the order of {@link #HEADER}
 * @param details what unfolds below it
 */
record RowView(String name, boolean passed, List<Cell> numbers, String line, Optional<TensorDetails> details) {

    static final List<String> HEADER = List.of(
            "of bound", "depth", "max abs", "p99 abs", "max rel", "L2 rel", "SNR dB", "0-1 ulp", "cosine", "NaN/Inf");

    private static final int NAME_WIDTH = 120;
    private static final int LINE_WIDTH = 600;

    /** @param sort what the column is ordered by; NaN and infinity are words that scripts know */
    record Cell(String text, String sort) {
        static Cell of(String text, double sort) {
            return new Cell(text, Double.toString(sort));
        }
    }

    static RowView of(TensorComparison comparison, boolean unfolding) {
        return new RowView(
                VisibleText.of(comparison.name(), NAME_WIDTH),
                comparison.passed(),
                numbers(comparison),
                VisibleText.of(comparison.line(), LINE_WIDTH),
                unfolding && comparison instanceof TensorComparison.Values values
                        ? Optional.of(TensorDetails.of(values))
                        : Optional.empty());
    }

    Cell ofBound() {
        return numbers.get(0);
    }

    private static List<Cell> numbers(TensorComparison comparison) {
        List<Cell> cells = new ArrayList<>();
        cells.add(error(comparison.severity()));
        cells.add(Cell.of(comparison.depth() == 0 ? "-" : Integer.toString(comparison.depth()), comparison.depth()));
        if (comparison instanceof TensorComparison.Values values) {
            addErrors(cells, values.errors());
        }
        while (cells.size() < HEADER.size()) {
            cells.add(Cell.of("-", -1));
        }
        return cells;
    }

    private static void addErrors(List<Cell> cells, ErrorStatistics errors) {
        cells.add(error(errors.absolute().max()));
        cells.add(error(errors.absolute().p99()));
        cells.add(error(errors.relative().max()));
        cells.add(error(errors.l2Relative()));
        cells.add(Cell.of(Numbers.decibels(errors.snrDecibels()), errors.snrDecibels()));
        long near = errors.ulps().counts().get(0) + errors.ulps().counts().get(1);
        cells.add(Cell.of(Numbers.share(near, errors.count()), (double) near / errors.count()));
        cells.add(Cell.of(Numbers.cosine(errors.cosine()), errors.cosine()));
        long expected =
                errors.expectedNonFinite().nans() + errors.expectedNonFinite().infinities();
        long actual = errors.actualNonFinite().nans() + errors.actualNonFinite().infinities();
        cells.add(Cell.of(expected + actual == 0 ? "0" : expected + " / " + actual, (double) expected + actual));
    }

    private static Cell error(double error) {
        return Cell.of(Figures.error(error), error);
    }

    /** A worst place, as the details show it. */
    record Place(String index, String expected, String actual, String error) {
        static Place of(WorstElement element) {
            return new Place(
                    element.place(),
                    Figures.value(element.expected()),
                    Figures.value(element.actual()),
                    Figures.error(element.error()));
        }
    }
}

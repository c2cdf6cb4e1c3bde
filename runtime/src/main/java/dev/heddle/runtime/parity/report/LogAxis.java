package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The upright axis of a chart of errors, in decades.
 *
 * @param top exponent of the upper end
 * @param bottom exponent of the lower end
 */
record LogAxis(int top, int bottom, double upperEnd, double lowerEnd) {
    private static final int MOST_DECADES = 14;

    /** A label beside a place. */
    record Tick(String at, String label) {}

    /** An axis on which all these values that are above 0 and finite have a place, down to {@value #MOST_DECADES} decades. */
    static LogAxis of(double[] values, double upperEnd, double lowerEnd) {
        double most = shown(values).max().orElse(1);
        double least = shown(values).min().orElse(1);
        int top = (int) Math.floor(Math.log10(most)) + 1;
        int bottom = Math.max((int) Math.floor(Math.log10(least)), top - MOST_DECADES);
        return new LogAxis(top, bottom, upperEnd, lowerEnd);
    }

    private static DoubleStream shown(double[] values) {
        return DoubleStream.of(values).filter(value -> value > 0 && Double.isFinite(value));
    }

    /** What is 0 or too small is at the bottom, what is no number or infinite at the top. */
    double y(double value) {
        double exponent = Double.isNaN(value) ? top : Math.max(bottom, Math.min(top, Math.log10(value)));
        return upperEnd + (lowerEnd - upperEnd) * (top - exponent) / Math.max(1, top - bottom);
    }

    List<Tick> ticks() {
        int step = Math.max(1, (top - bottom + 6) / 7);
        List<Tick> ticks = new ArrayList<>();
        for (int exponent = top; exponent >= bottom; exponent -= step) {
            ticks.add(new Tick(place(y(Math.pow(10, exponent))), Figures.error(Math.pow(10, exponent))));
        }
        return ticks;
    }

    /** A coordinate. */
    static String place(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }
}

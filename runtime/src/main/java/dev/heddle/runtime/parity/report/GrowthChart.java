package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Figures;
import dev.heddle.runtime.parity.Illustration;
import dev.heddle.runtime.parity.report.LogAxis.Tick;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The error of each step as a line. */
record GrowthChart(
        String title, String step, String line, String limitAt, List<Dot> dots, List<Tick> rows, List<Tick> columns) {
    static final int WIDTH = 860;
    static final int HEIGHT = 240;
    static final int LEFT = 60;
    static final int RIGHT = 12;

    private static final int TOP = 12;
    private static final int BOTTOM = 40;

    /** Steps with a dot of their own; of more, each dot is the worst of its neighbours. */
    private static final int MOST_DOTS = 400;

    /** @param label what shows under the pointer */
    record Dot(String x, String y, boolean passed, String label) {}

    static GrowthChart of(Illustration.Growth growth) {
        double[] errors =
                growth.errors().stream().mapToDouble(Double::doubleValue).toArray();
        LogAxis axis = LogAxis.of(
                DoubleStream.concat(DoubleStream.of(errors), DoubleStream.of(growth.allowed()))
                        .toArray(),
                TOP,
                HEIGHT - BOTTOM);
        List<Dot> dots = new ArrayList<>();
        int group = (errors.length + MOST_DOTS - 1) / MOST_DOTS;
        for (int from = 0; from < errors.length; from += Math.max(1, group)) {
            int worst = worst(errors, from, Math.min(errors.length, from + group));
            dots.add(dot(growth, worst, axis, errors));
        }
        return new GrowthChart(
                VisibleText.of(growth.title(), 120),
                VisibleText.of(growth.step(), 40),
                dots.stream().map(dot -> dot.x() + "," + dot.y()).collect(Collectors.joining(" ")),
                LogAxis.place(axis.y(growth.allowed())),
                dots,
                axis.ticks(),
                columns(errors.length));
    }

    private static int worst(double[] errors, int from, int to) {
        return IntStream.range(from, to)
                .reduce((a, b) -> Double.compare(errors[b], errors[a]) > 0 ? b : a)
                .orElse(from);
    }

    private static Dot dot(Illustration.Growth growth, int step, LogAxis axis, double[] errors) {
        String label = "%s %d: %s, allowed %s"
                .formatted(
                        VisibleText.of(growth.step(), 40),
                        step,
                        Figures.error(errors[step]),
                        Figures.error(growth.allowed()));
        return new Dot(
                LogAxis.place(x(step, errors.length)),
                LogAxis.place(axis.y(errors[step])),
                errors[step] <= growth.allowed(),
                label);
    }

    private static List<Tick> columns(int steps) {
        int every = Math.max(1, (steps + 9) / 10);
        return IntStream.iterate(0, at -> at < steps, at -> at + every)
                .mapToObj(at -> new Tick(LogAxis.place(x(at, steps)), Integer.toString(at)))
                .toList();
    }

    private static double x(int step, int steps) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (step + 0.5) / steps;
    }
}

package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Bound;
import dev.heddle.runtime.parity.ErrorStatistics;
import dev.heddle.runtime.parity.Figures;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.parity.WorstElement;
import dev.heddle.runtime.parity.report.LogAxis.Tick;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * Errors against depth, logarithmic: of each tensor the worst error beside what was allowed there, both as part of the
 * largest expected value; so a point is above its tolerance just if the tensor failed.
 */
record DepthChart(List<Dot> dots, String limit, List<Tick> rows, List<Tick> columns) {
    static final int WIDTH = 860;
    static final int HEIGHT = 280;

    private static final int LEFT = 60;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 40;
    private static final int MOST_DOTS = 3_000;

    /** @param label what shows under the pointer */
    record Dot(String x, String y, boolean passed, String label) {}

    private record Point(String name, int depth, double error, double allowed, boolean passed) {
        static Optional<Point> of(TensorComparison comparison) {
            if (!(comparison instanceof TensorComparison.Values values) || values.depth() == 0) {
                return Optional.empty();
            }
            if (values.bound() instanceof Bound.EachValue each) {
                WorstElement worst = values.worst().get(0);
                double scale = Math.max(1, values.errors().largestExpected());
                double error = Double.isNaN(worst.error()) ? Double.POSITIVE_INFINITY : worst.error() / scale;
                boolean mask = Math.abs(worst.expected()) >= ErrorStatistics.HIDING;
                double at = mask ? values.errors().largestExpected() : worst.expected();
                double allowed = each.perValue().bound(at) / scale;
                return Optional.of(new Point(values.name(), values.depth(), error, allowed, values.passed()));
            }
            double error = values.reach().measured();
            return Optional.of(new Point(
                    values.name(), values.depth(), error, values.reach().allowed(), values.passed()));
        }
    }

    /** Empty if fewer than two tensors have a depth. */
    static Optional<DepthChart> of(Section section) {
        List<Point> points = section.comparisons().stream()
                .flatMap(comparison -> Point.of(comparison).stream())
                // Whole numbers that are equal would be on a line of their own, below all others.
                .filter(point -> point.allowed() > 0 || !point.passed())
                .sorted(Comparator.comparing(Point::passed)
                        .thenComparing(Comparator.comparingDouble(Point::error).reversed()))
                .limit(MOST_DOTS)
                .toList();
        return points.size() < 2 ? Optional.empty() : Optional.of(new Axes(points).chart());
    }

    private static final class Axes {
        private final List<Point> points;
        private final int depth;
        private final LogAxis errors;

        Axes(List<Point> points) {
            this.points = points;
            this.depth = points.stream().mapToInt(Point::depth).max().orElse(1);
            double[] shown = points.stream()
                    .flatMapToDouble(point -> DoubleStream.of(point.error(), point.allowed()))
                    .toArray();
            this.errors = LogAxis.of(shown, TOP, HEIGHT - BOTTOM);
        }

        DepthChart chart() {
            // Failures last, so that they lie on top.
            List<Dot> dots = new ArrayList<>();
            for (int i = points.size() - 1; i >= 0; i--) {
                dots.add(dot(points.get(i)));
            }
            return new DepthChart(dots, limit(), errors.ticks(), columns());
        }

        private Dot dot(Point point) {
            String label = "%s, depth %d: %s, allowed %s"
                    .formatted(
                            VisibleText.of(point.name(), 80),
                            point.depth(),
                            Figures.error(point.error()),
                            Figures.error(point.allowed()));
            return new Dot(
                    LogAxis.place(x(point.depth())), LogAxis.place(errors.y(point.error())), point.passed(), label);
        }

        /** The strictest bound at each depth. */
        private String limit() {
            Map<Integer, Double> strictest = new TreeMap<>();
            points.stream()
                    .filter(point -> point.allowed() > 0)
                    .forEach(point -> strictest.merge(point.depth(), point.allowed(), Math::min));
            return strictest.entrySet().stream()
                    .map(entry -> LogAxis.place(x(entry.getKey())) + "," + LogAxis.place(errors.y(entry.getValue())))
                    .collect(Collectors.joining(" "));
        }

        private List<Tick> columns() {
            int step = Math.max(1, (depth + 9) / 10);
            List<Tick> ticks = new ArrayList<>();
            for (int at = 0; at <= depth; at += step) {
                ticks.add(new Tick(LogAxis.place(x(at)), Integer.toString(at)));
            }
            return ticks;
        }

        private double x(int at) {
            return LEFT + (WIDTH - LEFT - RIGHT) * (double) at / depth;
        }
    }
}

package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Figures;
import dev.heddle.runtime.parity.Illustration;
import java.util.List;

/** The error of each step as a row of bars, a decade for each height. */
final class GrowthLine {
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final int WIDTH = 64;

    private GrowthLine() {}

    /** As in "largest error by position: ▁▁▂▃ 1e-8 to 3e-7, allowed 1e-5"; the highest bar is beyond what is allowed. */
    static String of(Illustration.Growth growth) {
        List<Double> errors = growth.errors();
        int width = Math.min(WIDTH, errors.size());
        StringBuilder bars = new StringBuilder();
        for (int i = 0; i < width; i++) {
            int from = (int) ((long) i * errors.size() / width);
            int to = (int) ((long) (i + 1) * errors.size() / width);
            bars.append(bar(largest(errors.subList(from, to)), growth.allowed()));
        }
        return "%s by %s: %s %s to %s, allowed %s"
                .formatted(
                        VisibleText.of(growth.title(), 100),
                        VisibleText.of(growth.step(), 40),
                        bars,
                        Figures.error(errors.isEmpty() ? 0 : errors.get(0)),
                        Figures.error(largest(errors)),
                        Figures.error(growth.allowed()));
    }

    private static double largest(List<Double> errors) {
        return errors.stream().reduce(0.0, Math::max);
    }

    private static char bar(double error, double allowed) {
        int highest = BARS.length() - 1;
        if (!(error <= allowed)) {
            return BARS.charAt(highest);
        }
        double decades = error == 0 ? highest : Math.log10(allowed / error);
        return BARS.charAt((int) Math.max(0, highest - 1 - Math.floor(decades)));
    }
}

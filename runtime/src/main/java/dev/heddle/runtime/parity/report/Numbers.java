package dev.heddle.runtime.parity.report;

import java.util.Locale;

/** How measures look that people compare with their like. */
final class Numbers {
    private Numbers() {}

    static String decibels(double decibels) {
        return Double.isInfinite(decibels)
                ? (decibels > 0 ? "inf" : "-inf")
                : String.format(Locale.ROOT, "%.1f", decibels);
    }

    static String cosine(double cosine) {
        return String.format(Locale.ROOT, "%.9f", cosine);
    }

    static String jaccard(double jaccard) {
        return String.format(Locale.ROOT, "%.3f", jaccard);
    }

    /** Never rounded up to 100%. */
    static String share(long part, long whole) {
        if (part == whole) {
            return "100%";
        }
        return String.format(Locale.ROOT, "%.1f%%", Math.floor(1000.0 * part / whole) / 10);
    }
}

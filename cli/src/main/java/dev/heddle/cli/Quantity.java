package dev.heddle.cli;

import java.util.Locale;

/** Numbers for people. */
final class Quantity {

    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};

    private Quantity() {}

    /** For instance {@code 388,300,628}. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** In powers of 1000, for instance {@code 1.55 GB}. */
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.3g %s", value, UNITS[unit]);
    }
}

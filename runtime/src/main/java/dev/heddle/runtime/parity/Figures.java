package dev.heddle.runtime.parity;

import java.util.Locale;

/** How numbers look in a report. */
public final class Figures {
    private Figures() {}

    /** A tensor element, seven digits. */
    public static String value(double number) {
        return !Double.isFinite(number) ? Double.toString(number) : String.format(Locale.ROOT, "%.7g", number);
    }

    /** A number that is best read as it is, as in 0.8 or 10. */
    public static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    /** An error or a bound, two digits, as in 1.8e-4. */
    public static String error(double number) {
        if (!Double.isFinite(number)) {
            return Double.toString(number);
        }
        return number == 0
                ? "0"
                : String.format(Locale.ROOT, "%.1e", number)
                        .replace(".0e", "e")
                        .replaceFirst("e([+-])0", "e$1")
                        .replace("e+", "e");
    }
}

package dev.heddle.runtime.parity;

import java.util.Locale;

/** How numbers look in a report. */
final class Figures {
    private Figures() {}

    /** A tensor element, seven digits. */
    static String value(double number) {
        return String.format(Locale.ROOT, "%.7g", number);
    }

    /** An error or a bound, two digits, as in 1.8e-4. */
    static String error(double number) {
        return number == 0
                ? "0"
                : String.format(Locale.ROOT, "%.1e", number)
                        .replace(".0e", "e")
                        .replaceFirst("e([+-])0", "e$1")
                        .replace("e+", "e");
    }
}

package dev.heddle.exporter.graph;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The shortest text that reads back as the same number, as C++'s {@code std::to_chars} writes it: {@code 0.5}, {@code 1e-05}. Java's own depends on the version:
 * up to Java 18 it is longer for some numbers.
 */
public final class ShortestDecimal {

    private static final int FLOAT_DIGITS = 9;
    private static final int DOUBLE_DIGITS = 17;

    private ShortestDecimal() {}

    public static String of(float value) {
        return Float.isFinite(value) && value != 0
                ? shortest(new BigDecimal(value), FLOAT_DIGITS, digits -> digits.floatValue() == value)
                : special(value);
    }

    public static String of(double value) {
        return Double.isFinite(value) && value != 0
                ? shortest(new BigDecimal(value), DOUBLE_DIGITS, digits -> digits.doubleValue() == value)
                : special(value);
    }

    private static String special(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        String magnitude = value == 0 ? "0" : "inf";
        return (Math.copySign(1, value) < 0 ? "-" : "") + magnitude;
    }

    private static String shortest(BigDecimal exact, int maxDigits, Predicate<BigDecimal> isSame) {
        int digits = 1;
        BigDecimal rounded = rounded(exact, digits);
        while (digits < maxDigits && !isSame.test(rounded)) {
            digits++;
            rounded = rounded(exact, digits);
        }
        String plain = rounded.toPlainString();
        String scientific = scientific(rounded);
        return scientific.length() < plain.length() ? scientific : plain;
    }

    private static BigDecimal rounded(BigDecimal exact, int digits) {
        return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }

    /** For instance {@code 1e-05}: at least two digits of exponent. */
    private static String scientific(BigDecimal number) {
        String digits = number.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - number.scale();
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        return (number.signum() < 0 ? "-" : "")
                + digits.charAt(0)
                + fraction
                + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}

package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Predicate;

/** Numbers in ONNX's textual syntax, as C++'s {@code std::to_chars} writes them. */
final class TextNumbers {

    private static final int FLOAT_DIGITS = 9;
    private static final int DOUBLE_DIGITS = 17;

    private TextNumbers() {}

    /** All elements, for instance <code>{1,2.5}</code>; float16 and bfloat16 as their bits. */
    static String elements(TensorData data) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            data.writeTo(Channels.newChannel(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteBuffer elements = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        StringJoiner text = new StringJoiner(",", "{", "}");
        while (elements.hasRemaining()) {
            text.add(next(elements, data.type().dtype()));
        }
        return text.toString();
    }

    private static String next(ByteBuffer elements, DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> shortest(elements.getFloat());
            case FLOAT64 -> shortest(elements.getDouble());
            case INT64 -> Long.toString(elements.getLong());
            case INT32 -> Integer.toString(elements.getInt());
            case INT8 -> Byte.toString(elements.get());
            case UINT8, BOOL -> Integer.toString(Byte.toUnsignedInt(elements.get()));
            case FLOAT16, BFLOAT16 -> Integer.toString(Short.toUnsignedInt(elements.getShort()));
        };
    }

    /** The shortest text that reads back as the same number; Java's own is longer for some numbers up to Java 18. */
    static String shortest(float value) {
        return Float.isFinite(value) && value != 0
                ? shortest(new BigDecimal(value), FLOAT_DIGITS, digits -> digits.floatValue() == value)
                : special(value);
    }

    static String shortest(double value) {
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

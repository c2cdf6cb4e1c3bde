package dev.heddle.cli;

import java.math.BigInteger;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number, and in the case of a wrong one what is expected in words that are not Java's.
 *
 * @param parse fails with a {@link NumberFormatException}
 */
record NumberConverter<N extends Number>(Function<String, N> parse, String expected) implements ITypeConverter<N> {

    static final NumberConverter<Integer> INT = whole(Integer::valueOf, Integer.MIN_VALUE, Integer.MAX_VALUE);
    static final NumberConverter<Long> LONG = whole(Long::valueOf, Long.MIN_VALUE, Long.MAX_VALUE);
    static final NumberConverter<Double> DOUBLE = new NumberConverter<>(Double::valueOf, "a number");

    private static final String WHOLE = "a whole number";

    private static <N extends Number> NumberConverter<N> whole(Function<String, N> parse, long least, long most) {
        return new NumberConverter<>(parse, WHOLE + " from " + least + " to " + most);
    }

    @Override
    public N convert(String text) {
        try {
            return parse.apply(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("expected " + shown(text) + ", got '" + text + "'");
        }
    }

    /** The limits say something only about a number that is beyond them. */
    private String shown(String text) {
        return expected.startsWith(WHOLE) && !isWhole(text) ? WHOLE : expected;
    }

    private static boolean isWhole(String text) {
        try {
            new BigInteger(text);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}

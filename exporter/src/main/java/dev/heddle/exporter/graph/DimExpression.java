package dev.heddle.exporter.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the texts that {@link Dim} writes. */
final class DimExpression {

    private static final Pattern TERM = Pattern.compile("(?:(\\d+)\\*)?(.+)");

    private DimExpression() {}

    /** Reads back what {@link Dim#toString} writes; other text becomes one symbol. */
    static Dim parse(String text) {
        try {
            Dim dim = sum(text);
            return dim.toString().equals(text) ? dim : Dim.of(text);
        } catch (NumberFormatException tooLarge) {
            return Dim.of(text);
        }
    }

    private static Dim sum(String text) {
        SortedMap<String, Long> terms = new TreeMap<>();
        long constant = 0;
        String signed = text.startsWith("-") ? " - " + text.substring(1) : " + " + text;
        for (String part : cut(signed, " + ", " - ")) {
            long sign = part.startsWith(" - ") ? -1 : 1;
            String body = part.substring(3);
            Matcher term = TERM.matcher(body);
            if (!body.isEmpty() && body.chars().allMatch(c -> c >= '0' && c <= '9')) {
                constant = sign * Long.parseLong(body);
            } else if (term.matches()) {
                terms.put(term.group(2), sign * (term.group(1) == null ? 1 : Long.parseLong(term.group(1))));
            }
        }
        return new Dim(terms, constant);
    }

    /** Whether a symbol can stand in a product without parentheses. */
    static boolean isAtom(String symbol) {
        return cut("*" + symbol, " ").size() == 1;
    }

    /** Factors of a product's name: {@code a + b} and {@code c} of {@code (a + b)*c}. */
    static List<String> factors(String symbol) {
        return cut("*" + symbol, "*").stream()
                .map(part -> part.substring(1))
                .map(factor -> factor.startsWith("(") && factor.endsWith(")")
                        ? factor.substring(1, factor.length() - 1)
                        : factor)
                .toList();
    }

    /** What stands between the commas: {@code 10} and {@code rows + 1} of {@code 10, rows + 1}. */
    static List<String> sides(String arguments) {
        return cut(", " + arguments, ", ").stream()
                .map(side -> side.substring(2))
                .toList();
    }

    /** The parts that begin with one of the separators; those in parentheses do not count. */
    private static List<String> cut(String text, String... separators) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (i > 0 && depth == 0 && startsWithAny(text, i, separators)) {
                parts.add(text.substring(start, i));
                start = i;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static boolean startsWithAny(String text, int from, String... separators) {
        for (String separator : separators) {
            if (text.startsWith(separator, from)) {
                return true;
            }
        }
        return false;
    }
}

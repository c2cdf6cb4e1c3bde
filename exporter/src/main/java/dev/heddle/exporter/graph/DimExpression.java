package dev.heddle.exporter.graph;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads back the text that {@link Dim#toString} writes; other text becomes one symbol. */
final class DimExpression {

    private static final Pattern LINEAR =
            Pattern.compile("-?(\\d+\\*)?[A-Za-z_]\\w*( [+-] (\\d+\\*)?[A-Za-z_]\\w*)*( [+-] \\d+)?");
    private static final Pattern TERM = Pattern.compile("(^-?| [+-] )(?:(\\d+)\\*)?([A-Za-z_]\\w*|\\d+)");

    private DimExpression() {}

    static Dim parse(String text) {
        if (!LINEAR.matcher(text).matches()) {
            return Dim.of(text);
        }
        Dim sum = Dim.of(0);
        Matcher term = TERM.matcher(text);
        while (term.find()) {
            long sign = term.group(1).contains("-") ? -1 : 1;
            long factor = term.group(2) == null ? 1 : Long.parseLong(term.group(2));
            boolean number = Character.isDigit(term.group(3).charAt(0));
            Dim atom = number ? Dim.of(Long.parseLong(term.group(3))) : Dim.of(term.group(3));
            sum = sum.plus(atom.times(sign * factor));
        }
        return sum;
    }
}

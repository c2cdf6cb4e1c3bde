package dev.heddle.runtime.parity.report;

/** Names from files, so that a reader sees what is there: no line ends, terminal codes or turned directions. */
final class VisibleText {
    private VisibleText() {}

    /** Spells out each character that is not seen as itself, as in "\n" or "\\u{202e}". */
    static String of(String text) {
        StringBuilder visible = new StringBuilder();
        text.codePoints().forEach(point -> append(visible, point));
        return visible.toString();
    }

    /** The same, with the middle left out if it is longer than this. */
    static String of(String text, int most) {
        String visible = of(text);
        int length = visible.codePointCount(0, visible.length());
        if (length <= most) {
            return visible;
        }
        int head = visible.offsetByCodePoints(0, (most - 1) / 2);
        int tail = visible.offsetByCodePoints(visible.length(), -(most - 1 - (most - 1) / 2));
        return visible.substring(0, head) + "…" + visible.substring(tail);
    }

    private static void append(StringBuilder visible, int point) {
        switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                visible.append(
                        switch (point) {
                            case '\n' -> "\\n";
                            case '\r' -> "\\r";
                            case '\t' -> "\\t";
                            default -> "\\u{%x}".formatted(point);
                        });
            default -> visible.appendCodePoint(point);
        }
    }
}

package dev.heddle.exporter.onnx;

import java.util.regex.Pattern;

/** Names and strings in ONNX's textual syntax. */
final class TextNames {

    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private TextNames() {}

    /** The name as it is, quoted if it is no plain identifier. */
    static String id(String name) {
        return IDENTIFIER.matcher(name).matches() ? name : quoted(name);
    }

    static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}

package dev.heddle.exporter.onnx;

/**
 * Something that {@link ModelChecker} noticed.
 *
 * @param text one line: where, what was expected, what came
 */
public record Finding(Severity severity, String text) {

    /** How bad a finding is. */
    public enum Severity {
        /** The model breaks a rule of ONNX, or says something about itself that is not so. */
        ERROR,
        /** The model is valid, but holds something useless, or something that could not be checked. */
        WARNING
    }

    public Finding {
        text = printable(text);
    }

    /** Names come from files: what would break the line or steer a terminal is shown as a question mark. */
    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    static Finding error(String text) {
        return new Finding(Severity.ERROR, text);
    }

    static Finding warning(String text) {
        return new Finding(Severity.WARNING, text);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }
}

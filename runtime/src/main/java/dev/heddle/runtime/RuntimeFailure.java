package dev.heddle.runtime;

/**
 * Says that running a model did not work, on one line: where, and what was the trouble.
 *
 * <p>What ONNX Runtime itself reports is the cause, and its text is part of the message.
 */
public final class RuntimeFailure extends RuntimeException {
    /** ONNX Runtime begins its texts with a number's name; the cause has it still. */
    private static final String CODE = "^Error code - \\w+ - message: ";

    public RuntimeFailure(String message) {
        super(oneLine(message));
    }

    public RuntimeFailure(String where, Throwable cause) {
        super(oneLine(where + ": " + String.valueOf(cause.getMessage()).replaceFirst(CODE, "")), cause);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}

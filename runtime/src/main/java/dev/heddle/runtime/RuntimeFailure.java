package dev.heddle.runtime;

/**
 * Says that running a model did not work, on one line: where, and what was the trouble.
 *
 * <p>What ONNX Runtime itself reports is the cause, and its text is part of the message.
 */
public final class RuntimeFailure extends RuntimeException {
    public RuntimeFailure(String message) {
        super(oneLine(message));
    }

    public RuntimeFailure(String where, Throwable cause) {
        super(oneLine(where + ": " + cause.getMessage()), cause);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}

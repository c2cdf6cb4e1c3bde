package dev.heddle.models.checkpoint;

/**
 * A file from outside that cannot be used as it is. The message has one line: where, what was expected, what came, what
 * to do.
 */
public final class ModelFormatException extends RuntimeException {

    public ModelFormatException(String message) {
        super(message);
    }

    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}

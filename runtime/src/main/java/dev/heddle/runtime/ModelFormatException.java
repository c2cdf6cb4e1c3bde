package dev.heddle.runtime;

/** Says that a file of a model folder is not what the runtime expects: which file, what was expected, what came. */
public final class ModelFormatException extends RuntimeException {
    public ModelFormatException(String message) {
        super(message);
    }

    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}

package dev.heddle.ops;

/** The native library is there but cannot be used: built for other signatures, damaged, or its folder cannot be written. */
public final class OpsLibraryException extends RuntimeException {

    OpsLibraryException(String message) {
        super(message);
    }

    OpsLibraryException(String message, Throwable cause) {
        super(message, cause);
    }
}

package dev.heddle.exporter.onnx;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A file that could not be written to its end: the disk is full, a limit is reached, the device fails. */
public final class UnwritableFileException extends IOException {

    private final transient Path file;
    private final String reason;

    private UnwritableFileException(Path file, String reason, Throwable cause) {
        super(file + ": cannot be written: " + reason + "; free space or choose another folder", cause);
        this.file = file;
        this.reason = reason;
    }

    /** The exception to throw for a failed write. One whose kind says already what is wrong, as with a file that exists, stays as it is. */
    public static IOException of(Path file, IOException cause) {
        if (cause instanceof UnwritableFileException) {
            return cause;
        }
        if (cause instanceof FileSystemException failure) {
            String reason = failure.getReason();
            return reason == null ? cause : new UnwritableFileException(file, reason, cause);
        }
        return new UnwritableFileException(file, String.valueOf(cause.getMessage()), cause);
    }

    /** The same for a file that was written under another name than people know it by. */
    public UnwritableFileException renamed(Path shown) {
        return new UnwritableFileException(shown, reason, this);
    }

    public Path file() {
        return file;
    }
}

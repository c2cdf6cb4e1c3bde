package dev.heddle.cli;

import dev.heddle.exporter.onnx.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that a command is told to write. */
final class OutputFile {

    private OutputFile() {}

    /**
     * To be called before the work whose result goes there.
     *
     * @throws IOException if a file of that name cannot be made
     */
    static void check(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "expected the name of a file, got a folder");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        // Into a device or pipe is written; a file is made anew beside the older one.
        Path changed = AtomicFile.isDeviceOrPipe(file) ? file : folder;
        if (changed != null && !Files.isWritable(changed)) {
            throw new AccessDeniedException(changed.toString());
        }
    }

    /**
     * The same, for a result that is made of a file.
     *
     * @throws IOException if a file of that name cannot be made
     * @throws IllegalArgumentException if both are the same file
     */
    static void checkApart(Path file, Path source) throws IOException {
        check(file);
        if (Files.exists(file) && Files.exists(source) && Files.isSameFile(file, source)) {
            throw new IllegalArgumentException(
                    file + ": expected another file than what is read, got the same; give another name");
        }
    }

    /** Writes it whole or not at all. */
    static void write(Path file, byte[] content) throws IOException {
        AtomicFile.write(file, channel -> {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        });
    }
}

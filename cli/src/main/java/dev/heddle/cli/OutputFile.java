package dev.heddle.cli;

import dev.heddle.exporter.onnx.UnwritableFileException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
        if (folder != null && !Files.isWritable(folder)) {
            throw new AccessDeniedException(folder.toString());
        }
    }

    /** Writes it whole or not at all. */
    static void write(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        try {
            Files.write(temporary, content);
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw UnwritableFileException.of(file, e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}

package dev.heddle.models.checkpoint;

import dev.heddle.exporter.onnx.UnwritableFileException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file under a temporary name in the same folder, forces it to disk and moves it to its name, so that nobody
 * ever sees half of it. If writing fails, what was there before stays.
 */
final class AtomicFile {

    private AtomicFile() {}

    static void write(Path file, Content content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "expected the name of a file, got a folder");
        }
        if (!Files.isDirectory(folder)) {
            // Before the temporary file: its name would only confuse.
            throw new NoSuchFileException(folder.toString());
        }
        // Not Files.createTempFile: that makes the file readable by its owner only, and the move keeps it so.
        Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw UnwritableFileException.of(file, e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Writes the file's bytes from position 0. */
    @FunctionalInterface
    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }
}

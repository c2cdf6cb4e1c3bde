package dev.heddle.models.checkpoint;

import dev.heddle.exporter.onnx.StreamedFile;
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
        replace(file, temporary -> {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
        });
    }

    /** The same from the start of the file to its end. */
    static void stream(Path file, Stream content) throws IOException {
        replace(file, temporary -> {
            try (StreamedFile stream = StreamedFile.create(temporary)) {
                content.writeTo(stream);
                stream.complete();
            }
        });
    }

    private static void replace(Path file, Writing writing) throws IOException {
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
            writing.write(temporary);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (UnwritableFileException e) {
            throw e.renamed(file);
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

    /** Writes the file's bytes one after the other. */
    @FunctionalInterface
    interface Stream {
        void writeTo(StreamedFile stream) throws IOException;
    }

    private interface Writing {
        void write(Path file) throws IOException;
    }
}

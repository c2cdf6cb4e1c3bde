package dev.heddle.exporter.onnx;

import java.io.IOException;
import java.io.OutputStream;
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
 * ever sees half of it. If writing fails, what was there before stays. A link stays a link: the file behind it is
 * replaced. A device or a pipe, such as {@code /dev/null} or {@code /dev/stdout}, cannot be replaced; it gets the
 * content once that is complete.
 */
public final class AtomicFile {

    private AtomicFile() {}

    /** @throws UnwritableFileException if the file cannot be written to its end */
    public static void write(Path file, Content content) throws IOException {
        put(file, place -> {
            try (FileChannel channel =
                    FileChannel.open(place, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
        });
    }

    /** The same from the start of the file to its end. */
    public static void stream(Path file, Stream content) throws IOException {
        put(file, place -> {
            try (StreamedFile stream = StreamedFile.create(place)) {
                content.writeTo(stream);
                stream.complete();
            }
        });
    }

    /** Whether there is something of this name that is written into, since it cannot be replaced. */
    public static boolean isDeviceOrPipe(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    private static void put(Path file, Writing writing) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "expected the name of a file, got a folder");
        }
        if (!Files.isDirectory(folder)) {
            // Before the temporary file: its name would only confuse.
            throw new NoSuchFileException(folder.toString());
        }
        try {
            if (isDeviceOrPipe(file)) {
                passOn(file, writing);
            } else {
                replace(Files.exists(file) ? file.toRealPath() : file, writing);
            }
        } catch (UnwritableFileException e) {
            throw e.renamed(file);
        } catch (IOException e) {
            throw UnwritableFileException.of(file, e);
        }
    }

    private static void replace(Path file, Writing writing) throws IOException {
        // Not Files.createTempFile: that makes the file readable by its owner only, and the move keeps it so.
        Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            writing.write(temporary);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void passOn(Path device, Writing writing) throws IOException {
        Path folder = Files.createTempDirectory("heddle-output");
        Path temporary = folder.resolve("content");
        try {
            writing.write(temporary);
            try (OutputStream out = Files.newOutputStream(device, StandardOpenOption.WRITE)) {
                Files.copy(temporary, out);
            }
        } finally {
            Files.deleteIfExists(temporary);
            Files.delete(folder);
        }
    }

    /** Writes the file's bytes from position 0. */
    @FunctionalInterface
    public interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /** Writes the file's bytes one after the other. */
    @FunctionalInterface
    public interface Stream {
        void writeTo(StreamedFile stream) throws IOException;
    }

    private interface Writing {
        void write(Path place) throws IOException;
    }
}

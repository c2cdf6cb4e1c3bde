package dev.heddle.models.checkpoint;

import dev.heddle.exporter.onnx.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A sound zip, m/a in bytes 64 to 67 and m/b in bytes 128 to 132, and the means to change bytes of it. */
final class TwoEntryZip {

    /** Where its parts lie if it has no 64-bit fields. */
    static final int DIRECTORY = 132;

    static final int SECOND = DIRECTORY + 49;
    static final int END = SECOND + 49;

    private TwoEntryZip() {}

    static Path write(Path folder, long limit) throws IOException {
        return write(folder, "m/a", "m/b", limit);
    }

    static Path write(Path folder, String first, String second, long limit) throws IOException {
        Path file = folder.resolve("m.pth");
        AtomicFile.write(file, channel -> {
            var zip = new StoredZipWriter(channel, limit);
            zip.add(first, "abc".getBytes(StandardCharsets.UTF_8));
            zip.add(second, "defg".getBytes(StandardCharsets.UTF_8));
            zip.finish();
        });
        return file;
    }

    /** Puts the lowest {@code count} bytes of a number at a place of the file. */
    static void patch(Path file, int at, int value, int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (value >> 8 * i);
        }
        overwrite(file, at, bytes);
    }

    static void overwrite(Path file, int at, byte[] bytes) throws IOException {
        byte[] content = Files.readAllBytes(file);
        System.arraycopy(bytes, 0, content, at, bytes.length);
        Files.write(file, content);
    }
}

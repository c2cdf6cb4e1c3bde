package dev.heddle.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes arrays byte by byte as NumPy does (format version 1.0). */
final class NpyFiles {

    private NpyFiles() {}

    static byte[] array(String descr, boolean columnMajor, String shape, ByteBuffer values) {
        String header = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }"
                .formatted(descr, columnMajor ? "True" : "False", shape);
        header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        ByteBuffer file =
                ByteBuffer.allocate(10 + header.length() + values.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        file.putShort((short) header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        return file.put(values).array();
    }

    static byte[] floats(String shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return array("<f4", false, shape, bytes.flip());
    }

    static byte[] longs(String shape, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        return array("<i8", false, shape, bytes.flip());
    }

    static Path archive(Path file, Map<String, byte[]> arrays) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
            }
        }
        return Files.write(file, bytes.toByteArray());
    }
}

package dev.heddle.models.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Safetensors files with any header, also wrong ones. */
final class RawSafetensors {

    private RawSafetensors() {}

    /** Header length, {@code header}, then {@code dataBytes} zeros. */
    static Path write(Path file, String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return write(file, text.length, text, dataBytes);
    }

    /** As the other, with a length that need not be the header's. */
    static Path write(Path file, long length, byte[] header, int dataBytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        content.putLong(length).put(header);
        return Files.write(file, content.array());
    }

    /** A header entry of a float tensor with one axis. */
    static String floats(String name, int count, int begin) {
        return entry(name, "F32", "[" + count + "]", "[" + begin + "," + (begin + 4 * count) + "]");
    }

    static String entry(String name, String dtype, String shape, String offsets) {
        return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets
                + "}";
    }
}

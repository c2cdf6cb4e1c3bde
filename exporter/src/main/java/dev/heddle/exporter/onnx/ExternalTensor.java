package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tensor in a data file beside the model; read each time it is written, never held.
 *
 * @param location the file's name as the model gives it
 * @param file where that is, links resolved
 * @param offset of the first byte
 */
record ExternalTensor(String location, Path file, long offset, TensorType type) implements TensorData {

    /**
     * Finds the bytes that a message points to.
     *
     * @param folder the model's folder; data files lie in it
     * @throws GraphException if the message points outside the folder or the file
     */
    static ExternalTensor locate(Path folder, TensorProto proto, TensorType type) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        for (StringStringEntryProto entry : proto.getExternalDataList()) {
            if (entries.put(entry.getKey(), entry.getValue()) != null) {
                throw refused(proto, "external data gives " + entry.getKey() + " more than once");
            }
        }
        String location = entries.getOrDefault("location", "");
        Path file = file(folder, proto, location);
        long bytes = ProtoTensors.byteCount(type, proto.getName());
        long offset = number(proto, entries, "offset", 0);
        long length = number(proto, entries, "length", bytes);
        if (length != bytes) {
            throw refused(proto, type + " needs " + bytes + " bytes, its length in " + location + " is " + length);
        }
        long size = Files.size(file);
        if (offset > size - length) {
            throw refused(
                    proto,
                    "lies at byte " + offset + " with length " + length + ", but " + location + " has " + size
                            + " bytes");
        }
        return new ExternalTensor(location, file, offset, type);
    }

    private static Path file(Path folder, TensorProto proto, String location) throws IOException {
        try {
            Path relative = Path.of(location);
            boolean inside = !location.isBlank() && !relative.isAbsolute() && location.indexOf('\\') < 0;
            for (Path part : relative) {
                inside &= !part.toString().equals("..");
            }
            if (!inside) {
                throw refused(
                        proto, "its data must be in a file of the model's folder, the location is '" + location + "'");
            }
            Path file = folder.resolve(relative);
            if (!Files.isRegularFile(file)) {
                throw refused(proto, "its data file " + location + " is missing");
            }
            Path real = file.toRealPath();
            if (!real.startsWith(folder.toRealPath())) {
                throw refused(proto, "its data file " + location + " is a link out of the model's folder, to " + real);
            }
            return real;
        } catch (InvalidPathException e) {
            throw refused(proto, "its data file has a name that is no path");
        }
    }

    private static long number(TensorProto proto, Map<String, String> entries, String key, long otherwise) {
        String text = entries.get(key);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("\\d{1,18}")) {
            throw refused(proto, key + " of its external data must be a number of bytes, got '" + text + "'");
        }
        return Long.parseLong(text);
    }

    private static GraphException refused(TensorProto proto, String problem) {
        return new GraphException("tensor " + proto.getName() + ": " + problem);
    }

    /** The byte after the last. */
    long end() {
        return offset + byteCount();
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long position = offset;
            while (position < end()) {
                long moved = in.transferTo(position, end() - position, out);
                if (moved == 0 && position >= in.size()) {
                    throw new EOFException(file + " ends at byte " + position + ", a tensor ends at " + end());
                }
                position += moved;
            }
        }
    }
}

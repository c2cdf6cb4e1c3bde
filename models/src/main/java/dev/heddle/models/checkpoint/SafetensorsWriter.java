package dev.heddle.models.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.onnx.AtomicFile;
import dev.heddle.exporter.onnx.StreamedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes safetensors files as the reference implementation does: by element type, widest first, so that every tensor is
 * aligned, then by name. The same tensors give the same bytes. Tensors are streamed. The file appears under its name
 * only when it is complete.
 */
public final class SafetensorsWriter {

    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /** As the other, without metadata. */
    public static void write(Path file, SortedMap<String, ? extends TensorData> tensors) throws IOException {
        write(file, tensors, new TreeMap<>());
    }

    /**
     * Writes tensors with texts about them.
     *
     * @param metadata texts for the header's {@code __metadata__}, which is left out if there are none
     * @throws IllegalArgumentException if the format has no place for a tensor's name or element type
     * @throws IllegalStateException if a tensor writes another number of bytes than its type takes
     */
    public static void write(
            Path file, SortedMap<String, ? extends TensorData> tensors, SortedMap<String, String> metadata)
            throws IOException {
        if (tensors.containsKey(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException(
                    "safetensors: no tensor may have the name " + SafetensorsHeader.METADATA);
        }
        // The map is in name order, and the sort is stable.
        List<Named> ordered = tensors.entrySet().stream()
                .map(entry -> new Named(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(Named::dtype).reversed())
                .toList();
        ByteBuffer header = header(ordered, metadata);
        AtomicFile.stream(file, stream -> write(stream, header, ordered));
    }

    private static void write(StreamedFile stream, ByteBuffer header, List<Named> tensors) throws IOException {
        stream.write(header);
        for (Named tensor : tensors) {
            long start = stream.position();
            tensor.data.writeTo(stream);
            long bytes = stream.position() - start;
            // Another number than was announced would shift all that follow.
            if (bytes != tensor.data.byteCount()) {
                throw new IllegalStateException(
                        "tensor " + tensor.name + " wrote " + bytes + " bytes, expected " + tensor.data.byteCount());
            }
        }
    }

    private static ByteBuffer header(List<Named> tensors, SortedMap<String, String> metadata) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsHeader.METADATA);
                for (Map.Entry<String, String> text : metadata.entrySet()) {
                    json.writeStringField(text.getKey(), text.getValue());
                }
                json.writeEndObject();
            }
            long begin = 0;
            for (Named tensor : tensors) {
                begin = writeEntry(json, tensor, begin);
            }
            json.writeEndObject();
        }
        while (bytes.size() % ALIGNMENT != 0) {
            bytes.write(' ');
        }
        return ByteBuffer.allocate(SafetensorsFile.LENGTH_BYTES + bytes.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.size())
                .put(bytes.toByteArray())
                .flip();
    }

    private static long writeEntry(JsonGenerator json, Named tensor, long begin) throws IOException {
        long[] lengths = tensor.data.type().shape().lengths();
        long end = Math.addExact(begin, tensor.data.byteCount());
        json.writeObjectFieldStart(tensor.name);
        json.writeStringField("dtype", tensor.dtype().name());
        json.writeFieldName("shape");
        json.writeArray(lengths, 0, lengths.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
        return end;
    }

    private record Named(String name, TensorData data) {
        SafetensorsDType dtype() {
            return SafetensorsDType.of(data.type().dtype());
        }
    }
}

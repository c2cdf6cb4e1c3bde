package dev.heddle.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A safetensors file taken apart, to be put together again with something wrong. */
final class SafetensorsParts {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** @param shape as in the header, {@code [2,3]} */
    record Tensor(String dtype, String shape, byte[] bytes) {}

    private SafetensorsParts(Path file) {
        this.file = file;
    }

    static SafetensorsParts of(Path file) throws IOException {
        SafetensorsParts parts = new SafetensorsParts(file);
        byte[] content = Files.readAllBytes(file);
        int dataStart = Long.BYTES + headerBytes(content);
        for (Map.Entry<String, JsonNode> entry : header(content).properties()) {
            JsonNode offsets = entry.getValue().path("data_offsets");
            if (offsets.isArray()) {
                byte[] bytes = Arrays.copyOfRange(
                        content,
                        dataStart + offsets.get(0).asInt(),
                        dataStart + offsets.get(1).asInt());
                parts.tensors.put(
                        entry.getKey(),
                        new Tensor(
                                entry.getValue().path("dtype").asText(),
                                entry.getValue().path("shape").toString(),
                                bytes));
            }
        }
        return parts;
    }

    Tensor get(String name) {
        return tensors.get(name);
    }

    SafetensorsParts put(String name, String dtype, String shape, byte[] bytes) {
        tensors.put(name, new Tensor(dtype, shape, bytes));
        return this;
    }

    SafetensorsParts remove(String name) {
        tensors.remove(name);
        return this;
    }

    void write() throws IOException {
        ObjectNode header = JSON.createObjectNode();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey());
            entry.put("dtype", tensor.getValue().dtype());
            entry.set("shape", JSON.readTree(tensor.getValue().shape()));
            ArrayNode offsets = entry.putArray("data_offsets").add(data.size());
            data.writeBytes(tensor.getValue().bytes());
            offsets.add(data.size());
        }
        write(file, header.toString(), data.toByteArray());
    }

    /** Moves a tensor's place in the header alone, and says where it began before, counted from the start of the file. */
    static long shift(Path file, String name, int bytes) throws IOException {
        byte[] content = Files.readAllBytes(file);
        ObjectNode header = header(content);
        ArrayNode offsets = (ArrayNode) header.path(name).path("data_offsets");
        int begin = offsets.get(0).asInt();
        int end = offsets.get(1).asInt();
        offsets.set(0, begin + bytes).set(1, end + bytes);
        write(file, header.toString(), Arrays.copyOfRange(content, Long.BYTES + headerBytes(content), content.length));
        return Long.BYTES + headerBytes(Files.readAllBytes(file)) + begin;
    }

    static void write(Path file, String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer content = ByteBuffer.allocate(Long.BYTES + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(data);
        Files.write(file, content.array());
    }

    /** Texts about a file, in its header. */
    static JsonNode metadata(Path file) throws IOException {
        return header(Files.readAllBytes(file)).path("__metadata__");
    }

    static int headerBytes(byte[] content) {
        return (int) ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static ObjectNode header(byte[] content) throws IOException {
        return (ObjectNode)
                JSON.readTree(new String(content, Long.BYTES, headerBytes(content), StandardCharsets.UTF_8));
    }
}

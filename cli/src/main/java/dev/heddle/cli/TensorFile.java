package dev.heddle.cli;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.Checkpoints;
import dev.heddle.models.checkpoint.SafetensorsWriter;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Safetensors files as the runtime's tensors and back. */
final class TensorFile {

    private TensorFile() {}

    /** All tensors of the file, copied into memory. */
    static Map<String, HostTensor> read(Path file) {
        try (Checkpoint tensors = Checkpoints.open(file)) {
            Map<String, HostTensor> result = new TreeMap<>();
            tensors.tensors().forEach((name, tensor) -> result.put(name, copy(tensor)));
            return result;
        }
    }

    private static HostTensor copy(StoredTensor tensor) {
        int elements = Math.toIntExact(tensor.shape().elements());
        ByteBuffer source = tensor.read(0, elements);
        ByteBuffer bytes = ByteBuffer.allocateDirect(source.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(source).flip();
        return HostTensor.of(
                DType.valueOf(tensor.dtype().name()), bytes, tensor.shape().lengths());
    }

    /** Writes the tensors; an older file of that name is replaced when the new one is complete. */
    static void write(Path file, Map<String, HostTensor> tensors) throws IOException {
        TreeMap<String, TensorData> data = new TreeMap<>();
        tensors.forEach((name, tensor) -> data.put(name, new HostTensorData(tensor)));
        SafetensorsWriter.write(file, data);
    }

    private record HostTensorData(HostTensor tensor) implements TensorData {
        @Override
        public TensorType type() {
            return new TensorType(
                    dev.heddle.exporter.graph.DType.valueOf(tensor.dtype().name()), Shape.of(tensor.shape()));
        }

        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            ByteBuffer bytes = tensor.bytes();
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }
}

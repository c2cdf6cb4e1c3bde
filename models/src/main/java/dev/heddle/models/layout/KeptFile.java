package dev.heddle.models.layout;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.CheckpointFile;
import dev.heddle.models.checkpoint.SafetensorsWriter;
import dev.heddle.models.checkpoint.StoredTensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a model does not hold of its source, in a file beside it. A safetensors file by its content: {@code tensor:NAME} for each tensor that is kept, and
 * {@code bytes}, all {@link Piece.Bytes} of all files one behind the other. Models run without it.
 */
public final class KeptFile {

    /** Not called .safetensors: it is no checkpoint, and must not be taken for one. */
    public static final String NAME = "model.onnx.source";

    public static final String BYTES = "bytes";

    private static final String TENSOR = "tensor:";
    private static final int BLOCK_BYTES = 1 << 20;

    private KeptFile() {}

    /** What a tensor is called in the file. */
    public static String entry(String tensor) {
        return TENSOR + tensor;
    }

    /** Writes what the plan says into a folder that has no such file; nothing if there is nothing to keep. */
    public static void write(SourcePlan plan, Checkpoint source, Path folder) throws IOException {
        if (!plan.keepsAnything()) {
            return;
        }
        SortedMap<String, TensorData> entries = new TreeMap<>();
        for (String name : plan.kept()) {
            entries.put(
                    entry(name),
                    new StoredTensorData(Objects.requireNonNull(source.tensors().get(name))));
        }
        if (plan.whole()) {
            entries.put(BYTES, new OtherBytes(plan, source));
        }
        SafetensorsWriter.write(folder.resolve(NAME), entries);
    }

    private record OtherBytes(SourcePlan plan, Checkpoint source) implements TensorData {
        @Override
        public TensorType type() {
            return TensorType.of(
                    DType.UINT8,
                    plan.files().stream().mapToLong(FilePlan::otherBytes).sum());
        }

        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            for (int index = 0; index < plan.files().size(); index++) {
                FilePlan file = plan.files().get(index);
                long position = 0;
                for (Piece piece : file.pieces()) {
                    if (piece instanceof Piece.Bytes bytes) {
                        copy(source.files().get(index), position, bytes.count(), out);
                        position += bytes.count();
                    } else if (piece instanceof Piece.Elements elements) {
                        position += KeptFile.bytes(
                                Objects.requireNonNull(file.tensors().get(elements.tensor())));
                    }
                }
            }
        }

        private static void copy(CheckpointFile file, long from, long count, WritableByteChannel out)
                throws IOException {
            for (long done = 0; done < count; done += BLOCK_BYTES) {
                writeFully(file.read(from + done, (int) Math.min(BLOCK_BYTES, count - done)), out);
            }
        }
    }

    static long bytes(TensorType type) {
        return Math.multiplyExact(type.shape().elements(), type.dtype().bytes());
    }

    private static void writeFully(ByteBuffer buffer, WritableByteChannel out) throws IOException {
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }
}

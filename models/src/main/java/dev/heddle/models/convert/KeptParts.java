package dev.heddle.models.convert;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.Checkpoints;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.layout.KeptFile;
import dev.heddle.models.layout.SourcePlan;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** The file of what a model does not hold, on the way back. Close it when done. */
record KeptParts(Path file, Checkpoint tensors) implements AutoCloseable {

    /** Empty if the model has none, also if somebody took it away. */
    static Optional<KeptParts> open(Path folder, SourcePlan plan) {
        Path file = folder.resolve(KeptFile.NAME);
        return plan.keepsAnything() && Files.isRegularFile(file)
                ? Optional.of(new KeptParts(file, Checkpoints.open(file)))
                : Optional.empty();
    }

    StoredTensor tensor(String name, TensorType type) {
        return entry(KeptFile.entry(name), type);
    }

    /** Bytes {@code from} to {@code from + count} of those that are no tensor. */
    ByteBuffer bytes(long from, int count) {
        return Objects.requireNonNull(tensors.tensors().get(KeptFile.BYTES)).read(from, count);
    }

    /** @throws ModelFormatException if there are not as many of those */
    void requireBytes(long count) {
        entry(KeptFile.BYTES, TensorType.of(DType.UINT8, count));
    }

    private StoredTensor entry(String name, TensorType type) {
        StoredTensor tensor = tensors.tensors().get(name);
        if (tensor == null || !new TensorType(tensor.dtype(), tensor.shape()).equals(type)) {
            throw new ModelFormatException(file + ": expected " + name + " as " + type + ", got "
                    + (tensor == null ? "none" : tensor.dtype().onnxName() + tensor.shape())
                    + "; the file belongs to another model");
        }
        return tensor;
    }

    @Override
    public void close() {
        tensors.close();
    }
}

package dev.heddle.models.export;

import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.StoredTensor;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A checkpoint whose contents are digested while they are read for another purpose, so that nothing has to be read twice from disk.
 *
 * <p>The digest is SHA-256 over one line for each tensor in name order: name, element type, shape and SHA-256 of the tensor's bytes. It depends neither on who read
 * what and when, nor on how the tensors are stored (one file, shards, safetensors, torch). Thread-safe. Closing it leaves the checkpoint open.
 */
final class DigestedCheckpoint implements Checkpoint {

    private final SortedMap<String, DigestedTensor> tensors = new TreeMap<>();

    DigestedCheckpoint(Checkpoint of) {
        of.tensors().forEach((name, tensor) -> tensors.put(name, new DigestedTensor(tensor)));
    }

    @Override
    public SortedMap<String, StoredTensor> tensors() {
        return Collections.unmodifiableSortedMap(tensors);
    }

    /** In hexadecimal digits; what nobody has read yet is read now, several tensors at a time. */
    String digest() {
        var digest = Sha256.start();
        List<String> lines =
                tensors.values().parallelStream().map(DigestedCheckpoint::line).toList();
        lines.forEach(line -> digest.update(line.getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String line(DigestedTensor tensor) {
        return tensor.name() + " " + tensor.dtype().onnxName() + tensor.shape() + " " + tensor.digest() + "\n";
    }

    @Override
    public void close() {}
}

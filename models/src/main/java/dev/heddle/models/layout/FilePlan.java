package dev.heddle.models.layout;

import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.CheckpointFile;
import dev.heddle.models.checkpoint.StoredTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a file is made of.
 *
 * @param path from the source's folder, with {@code /}
 * @param tensors in the order of the file
 * @param pieces one behind the other, from the first byte to the last; none for a file that was never written
 */
public record FilePlan(String path, CheckpointFile.Format format, Map<String, TensorType> tensors, List<Piece> pieces) {

    public FilePlan {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        pieces = List.copyOf(pieces);
    }

    static FilePlan of(String path, CheckpointFile file) {
        Map<String, TensorType> tensors = new LinkedHashMap<>();
        List<Piece> pieces = new ArrayList<>();
        long end = 0;
        for (CheckpointFile.Entry entry : file.entries()) {
            StoredTensor tensor = entry.tensor();
            tensors.put(tensor.name(), new TensorType(tensor.dtype(), tensor.shape()));
            long start = entry.start().orElse(-1);
            // One that begins within another is a view of it, as tied weights are in torch's files.
            if (start >= end && entry.bytes() > 0) {
                addBytes(pieces, start - end);
                pieces.add(new Piece.Elements(tensor.name()));
                end = start + entry.bytes();
            }
        }
        addBytes(pieces, file.size() - end);
        return new FilePlan(path, file.format(), tensors, pieces);
    }

    private static void addBytes(List<Piece> pieces, long count) {
        if (count > 0) {
            pieces.add(new Piece.Bytes(count));
        }
    }

    /** How many of its bytes are no tensor. */
    public long otherBytes() {
        return pieces.stream()
                .mapToLong(piece -> piece instanceof Piece.Bytes bytes ? bytes.count() : 0)
                .sum();
    }
}

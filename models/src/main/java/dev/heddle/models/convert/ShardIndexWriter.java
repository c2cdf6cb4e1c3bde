package dev.heddle.models.convert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.onnx.UnwritableFileException;
import dev.heddle.models.layout.FilePlan;
import dev.heddle.models.layout.SourcePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes the index of a sharded checkpoint anew, with the bytes that its tensors have now.
 *
 * @param notes texts about them
 */
record ShardIndexWriter(SourcePlan plan, Map<String, Restored> tensors, Map<String, String> notes) {

    void write(Path file) throws IOException {
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = index.putObject("metadata");
        notes.forEach(metadata::put);
        metadata.put(
                "total_size",
                tensors.values().stream()
                        .mapToLong(tensor -> tensor.data().byteCount())
                        .sum());
        SortedMap<String, String> shards = new TreeMap<>();
        for (FilePlan shard : plan.files()) {
            String name = Path.of(shard.path()).getFileName().toString();
            shard.tensors().keySet().forEach(tensor -> shards.put(tensor, name));
        }
        shards.forEach(index.putObject("weight_map")::put);
        try {
            Files.writeString(file, index.toPrettyString() + "\n");
        } catch (IOException e) {
            throw UnwritableFileException.of(file, e);
        }
    }
}

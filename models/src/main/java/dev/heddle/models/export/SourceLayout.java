package dev.heddle.models.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.models.checkpoint.SafetensorsWriter;
import dev.heddle.models.checkpoint.TorchZipWriter;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** How a source lies on disk: the ways that {@link SourceModel#open} reads. */
public enum SourceLayout {
    /** {@code consolidated/consolidated.pth} with {@code params.json} beside it, as lingua writes. */
    TORCH {
        @Override
        void writeTensors(Path folder, SortedMap<String, TensorData> tensors) throws IOException {
            TorchZipWriter.write(folder.resolve("consolidated.pth"), tensors);
        }

        @Override
        Path weightsFolder(Path folder) {
            return folder.resolve("consolidated");
        }
    },
    /** {@code model.safetensors}. */
    SAFETENSORS {
        @Override
        void writeTensors(Path folder, SortedMap<String, TensorData> tensors) throws IOException {
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        }
    },
    /** Two shards and an index, as Hugging Face writes large models. */
    SHARDED {
        @Override
        void writeTensors(Path folder, SortedMap<String, TensorData> tensors) throws IOException {
            String middle = tensors.keySet().stream()
                    .skip(tensors.size() / 2)
                    .findFirst()
                    .orElseThrow();
            ObjectNode index = JsonNodeFactory.instance.objectNode();
            ObjectNode map = index.putObject("weight_map");
            writeShard(folder, "model-00001-of-00002.safetensors", tensors.headMap(middle), map);
            writeShard(folder, "model-00002-of-00002.safetensors", tensors.tailMap(middle), map);
            Files.writeString(folder.resolve("model.safetensors.index.json"), index.toPrettyString() + "\n");
        }
    };

    private static void writeShard(Path folder, String file, SortedMap<String, TensorData> tensors, ObjectNode map)
            throws IOException {
        SafetensorsWriter.write(folder.resolve(file), tensors);
        tensors.keySet().forEach(name -> map.put(name, file));
    }

    /** Writes configuration and weights, in float32, into an existing folder. */
    public void write(SourceModel source, Path folder) throws IOException {
        WeightReader reader = new WeightReader(source.checkpoint());
        SortedMap<String, TensorData> tensors = new TreeMap<>();
        source.checkpoint()
                .tensors()
                .forEach((name, tensor) ->
                        tensors.put(name, reader.data(new Weight.Stored(name, tensor.shape()), DType.FLOAT32)));
        Path target = Files.createDirectories(weightsFolder(folder));
        Files.writeString(
                target.resolve(source.config().file()), source.config().json().toPrettyString() + "\n");
        writeTensors(target, tensors);
    }

    Path weightsFolder(Path folder) {
        return folder;
    }

    abstract void writeTensors(Path folder, SortedMap<String, TensorData> tensors) throws IOException;
}

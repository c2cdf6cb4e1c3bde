package dev.heddle.cli;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.models.checkpoint.SafetensorsWriter;
import dev.heddle.models.checkpoint.TorchZipWriter;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** A checkpoint written again with changes; a torch file stays one, anything else becomes one safetensors file. */
record SourceCopy(Path source, Path target, SortedMap<String, TensorData> added, SortedMap<String, String> copies) {

    static SourceCopy of(Path source, Path target) {
        return new SourceCopy(source, target, new TreeMap<>(), new TreeMap<>());
    }

    SourceCopy with(String name, TensorData tensor) {
        added.put(name, tensor);
        return this;
    }

    /** Puts a tensor there under a second name. */
    SourceCopy copying(String name, String second) {
        copies.put(second, name);
        return this;
    }

    /** In this element type. */
    Path written(DType dtype) throws IOException {
        Files.createDirectory(target);
        try (SourceModel model = SourceModel.open(source, Families.all())) {
            WeightReader reader = new WeightReader(model.checkpoint());
            SortedMap<String, TensorData> tensors = new TreeMap<>(added);
            model.checkpoint()
                    .tensors()
                    .forEach((name, tensor) ->
                            tensors.put(name, reader.data(new Weight.Stored(name, tensor.shape()), dtype)));
            copies.forEach((second, name) -> tensors.put(second, tensors.get(name)));
            Files.writeString(
                    target.resolve(model.config().file()), model.config().json().toString());
            if (model.config().isLingua()) {
                TorchZipWriter.write(target.resolve("consolidated.pth"), tensors);
            } else {
                SafetensorsWriter.write(target.resolve("model.safetensors"), tensors);
            }
        }
        return target;
    }
}

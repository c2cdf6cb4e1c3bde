package dev.heddle.runtime.cache;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.toy.ToyGraph;
import java.nio.file.Path;
import java.util.Map;

/** Declares the state of {@code ToyLanguageModel} with other types and sizes, and gives the state back as it came. */
final class EchoModel {
    private EchoModel() {}

    static Path write(Path folder, DType dtype, int size) {
        ToyGraph graph = new ToyGraph()
                .input("input_ids", DType.INT64, "batch", "q_len")
                .input("past_key_values.0.key", dtype, "batch", 1, "past_len", size)
                .input("past_key_values.0.last_key", dtype, "batch", 1, 1, size)
                .output("logits", DType.FLOAT32, "batch", "q_len", 1)
                .output("present.0.key", dtype, "batch", 1, "past_len", size)
                .output("present.0.last_key", dtype, "batch", 1, 1, size);
        graph.node("present.0.key", "Identity", "past_key_values.0.key");
        graph.node("present.0.last_key", "Identity", "past_key_values.0.last_key");
        graph.constant("axis", 2);
        graph.node("float", "Cast", Map.of("to", 1L), "input_ids");
        graph.node("logits", "Unsqueeze", "float", "axis");
        return graph.write(folder);
    }
}

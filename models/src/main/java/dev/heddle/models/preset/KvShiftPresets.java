package dev.heddle.models.preset;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.ModelConfig;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The models of Xu et al. 2024 (arXiv 2411.19574), tables 1 and 6, with and without the shift. The paper does not give
 * the epsilon of the norms; Llama 2's is used.
 */
final class KvShiftPresets {

    private static final List<Size> SIZES = List.of(
            new Size("1.5b", 2048, 28, 16, 16, 5504, 36_000, 2048),
            new Size("2.9b", 2560, 32, 20, 4, 8704, 48_000, 4096),
            new Size("6.7b", 4096, 32, 32, 32, 11_008, 36_000, 2048),
            new Size("13b", 5120, 40, 40, 40, 13_824, 36_000, 2048),
            new Size("19b", 6144, 48, 48, 4, 16_384, 48_000, 12_288));

    private KvShiftPresets() {}

    private record Size(
            String name,
            int hidden,
            int layers,
            int heads,
            int keyValueHeads,
            int feedForward,
            int vocab,
            int context) {

        ModelConfig config() {
            ObjectNode config = JsonNodeFactory.instance
                    .objectNode()
                    .put("model_type", "llama")
                    .put("vocab_size", vocab)
                    .put("hidden_size", hidden)
                    .put("intermediate_size", feedForward)
                    .put("num_hidden_layers", layers)
                    .put("num_attention_heads", heads)
                    .put("num_key_value_heads", keyValueHeads)
                    .put("hidden_act", "silu")
                    .put("max_position_embeddings", context)
                    .put("rms_norm_eps", 1e-5)
                    .put("rope_theta", 100_000.0)
                    .put("tie_word_embeddings", false);
            return new ModelConfig("config.json", config);
        }

        SortedMap<String, Shape> shift() {
            SortedMap<String, Shape> stored = new TreeMap<>();
            for (int layer = 0; layer < layers; layer++) {
                stored.put("model.layers." + layer + ".self_attn.K", Shape.of(keyValueHeads, 2));
                stored.put("model.layers." + layer + ".self_attn.V", Shape.of(keyValueHeads, 2));
            }
            return stored;
        }
    }

    static List<Preset> all() {
        return SIZES.stream()
                .flatMap(size -> Stream.of(
                        new Preset(
                                "kvshift-" + size.name(),
                                "KV shifting attention",
                                Families.llama(),
                                size.config(),
                                size.shift()),
                        new Preset(
                                "llama-" + size.name(),
                                "plain transformer of the KV shifting paper",
                                Families.llama(),
                                size.config(),
                                new TreeMap<>())))
                .toList();
    }
}

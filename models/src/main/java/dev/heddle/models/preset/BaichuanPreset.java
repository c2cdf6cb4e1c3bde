package dev.heddle.models.preset;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.ModelConfig;
import java.util.Collections;

/** Baichuan-M1-14B: arXiv 2502.12671 (2025), section 3. */
final class BaichuanPreset {

    private static final int LAYERS = 40;

    private BaichuanPreset() {}

    /** The base of RoPE is the report's for 32K tokens; the epsilon is that of the family's earlier models. */
    static Preset m1() {
        ObjectNode config = JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "baichuan_m1")
                .put("vocab_size", 133_120)
                .put("hidden_size", 5120)
                .put("intermediate_size", 17_408)
                .put("num_hidden_layers", LAYERS)
                .put("num_attention_heads", 20)
                .put("num_key_value_heads", 2)
                .put("num_swa_attention_heads", 40)
                .put("num_swa_key_value_heads", 8)
                .put("sliding_window", 8192)
                .put("conv_window", 2)
                .put("rope_theta", 1e6)
                .put("rms_norm_eps", 1e-6)
                .put("hidden_act", "silu")
                .put("max_position_embeddings", 32_768)
                .put("tie_word_embeddings", false);
        ArrayNode windowLayers = config.putArray("sliding_window_layers");
        for (int layer = 1; layer < LAYERS; layer += 2) {
            windowLayers.add(layer);
        }
        return new Preset(
                "baichuan-m1-14b",
                "Baichuan-M1 14B: KV shifting, sliding windows",
                Families.baichuanM1(),
                new ModelConfig("config.json", config),
                Collections.emptySortedMap());
    }
}

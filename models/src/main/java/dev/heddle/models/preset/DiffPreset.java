package dev.heddle.models.preset;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.ModelConfig;
import java.util.Collections;

/** The DIFF Transformer that the MTA paper compares with. */
final class DiffPreset {

    private DiffPreset() {}

    /**
     * Eight pairs of heads of width 96. The paper counts 876,567,552 parameters; this layout has no learned weight in
     * the norm of the heads, so 4,608 (24 layers of 2 * 96) fewer.
     */
    static Preset diff880m() {
        ObjectNode config = JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "diffllama")
                .put("vocab_size", 128_256)
                .put("hidden_size", 1536)
                .put("intermediate_size", 4096)
                .put("num_hidden_layers", 24)
                .put("num_attention_heads", 16)
                .put("num_key_value_heads", 16)
                .put("head_dim", 96)
                .put("hidden_act", "silu")
                .put("max_position_embeddings", 2048)
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 100_000.0)
                .put("tie_word_embeddings", true);
        return new Preset(
                "diff-880m",
                "DIFF transformer of the MTA paper",
                Families.diffLlama(),
                new ModelConfig("config.json", config),
                Collections.emptySortedMap());
    }
}

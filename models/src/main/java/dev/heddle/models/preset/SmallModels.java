package dev.heddle.models.preset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.Family;
import dev.heddle.models.family.ModelConfig;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Models of every family that are small enough to be checked in seconds: the published ones with a few layers, heads and tokens. */
public final class SmallModels {

    private static final int SHIFTED_LAYERS = 2;

    private static final String LINGUA = """
            {"model": {"dim": 48, "n_layers": 4, "n_heads": 4, "n_kv_heads": %d, "vocab_size": 64, "multiple_of": 16,
                       "rope_theta": 100000, "weight_tying": %s, "max_seqlen": 128, "mta": {"use_mta": true, %s}}}
            """;

    private static final String LLAMA = """
            {"model_type": "%s", "vocab_size": 64, "hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-5, "rope_theta": 10000,
             "hidden_act": "silu", "max_position_embeddings": 128, "tie_word_embeddings": false}
            """;

    private static final String BAICHUAN = """
            {"model_type": "baichuan_m1", "vocab_size": 64, "hidden_size": 64, "intermediate_size": 96,
             "num_hidden_layers": 4, "num_attention_heads": 2, "num_key_value_heads": 1, "num_swa_attention_heads": 4,
             "num_swa_key_value_heads": 2, "sliding_window": 8, "sliding_window_layers": [1, 3], "conv_window": 2,
             "rope_theta": 1000000, "rms_norm_eps": 1e-6, "hidden_act": "silu", "max_position_embeddings": 128,
             "tie_word_embeddings": false}
            """;

    private SmallModels() {}

    public static Preset multiTokenAttention() {
        String parts = """
                "mta_layers": "1,3", "query_kernel_size": 6, "key_kernel_size": 11, "after_sm_query_kernel_size": 6,
                "after_sm_key_kernel_size": 11, "pre_sm_linear_head": true, "head_kernel_size": 4, "group_norm": true,
                "add_gating": true""";
        return lingua("mta-v2", "Multi-Token Attention, final version", LINGUA.formatted(4, true, parts));
    }

    public static Preset firstMultiTokenAttention() {
        String parts = """
                "mta_layers": "1,3", "query_kernel_size": 4, "key_kernel_size": 7, "head_kernel_size": 2,
                "group_norm": true, "layer_norm_rescale": true""";
        return lingua("mta-v1", "Multi-Token Attention, first version", LINGUA.formatted(2, false, parts));
    }

    public static Preset talkingHeads() {
        String parts = "\"query_kernel_size\": null, \"pre_sm_linear_head\": true, \"head_kernel_size\": 4";
        return lingua("talking-heads", "talking heads", LINGUA.formatted(4, true, parts));
    }

    public static Preset keyValueShift() {
        SortedMap<String, Shape> shift = new TreeMap<>();
        for (int layer = 0; layer < SHIFTED_LAYERS; layer++) {
            shift.put("model.layers." + layer + ".self_attn.K", Shape.of(2, 2));
            shift.put("model.layers." + layer + ".self_attn.V", Shape.of(2, 2));
        }
        return new Preset(
                "kv-shift",
                "KV shifting attention",
                Families.llama(),
                config("config.json", LLAMA.formatted("llama")),
                shift);
    }

    public static Preset baichuan() {
        return of("baichuan-m1", "KV shifting, sliding windows", Families.baichuanM1(), BAICHUAN);
    }

    public static Preset llama() {
        return of("llama", "plain grouped-query attention", Families.llama(), LLAMA.formatted("llama"));
    }

    public static Preset differential() {
        return of("diff", "DIFF attention", Families.diffLlama(), LLAMA.formatted("diffllama"));
    }

    public static List<Preset> all() {
        return List.of(
                multiTokenAttention(),
                firstMultiTokenAttention(),
                talkingHeads(),
                keyValueShift(),
                baichuan(),
                differential(),
                llama());
    }

    private static Preset lingua(String name, String about, String json) {
        return new Preset(name, about, Families.linguaMta(), config("params.json", json), new TreeMap<>());
    }

    private static Preset of(String name, String about, Family family, String json) {
        return new Preset(name, about, family, config("config.json", json), new TreeMap<>());
    }

    private static ModelConfig config(String file, String json) {
        try {
            return new ModelConfig(file, new ObjectMapper().readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a shipped configuration is not JSON: " + json, e);
        }
    }
}

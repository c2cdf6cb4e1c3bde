package dev.heddle.models.preset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.Family;
import dev.heddle.models.family.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A small model with parts chosen at random, for searches of configurations that go wrong. {@link #simpler} gives the steps towards the smallest one that still does.
 *
 * @param kvHeads divides {@code heads}; both even for DIFF
 * @param headDim even
 * @param queryKernel rows of the first score kernel; 0 = none, and no second one either
 * @param afterQueryKernel rows of the second score kernel; 0 = none
 * @param headKernel heads that are mixed; 0 = none
 * @param window of every other layer, for sliding windows; 0 = none
 */
public record FuzzModel(
        Kind kind,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        int queryKernel,
        int keyKernel,
        int afterQueryKernel,
        int afterKeyKernel,
        int headKernel,
        boolean preMix,
        boolean norm,
        boolean gate,
        int window) {

    private static final int VOCABULARY = 23;

    /** Families, by what is special in them. */
    public enum Kind {
        MULTI_TOKEN,
        SHIFTED,
        SLIDING,
        DIFFERENTIAL,
        PLAIN
    }

    /** Any of them. */
    public static FuzzModel random(SplittableRandom random) {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        int kvHeads = 2 * (1 + random.nextInt(2));
        int heads = kvHeads * (1 + random.nextInt(2));
        int[] widths = {1, 3, 5, 7, 9, 11};
        boolean convolved = random.nextInt(4) > 0;
        boolean after = convolved && random.nextBoolean();
        int[] mixes = {0, 2, heads};
        int mix = mixes[random.nextInt(mixes.length)];
        return new FuzzModel(
                kind,
                1 + random.nextInt(3),
                heads,
                kvHeads,
                2 * (2 + random.nextInt(7)),
                convolved ? 1 + random.nextInt(6) : 0,
                convolved ? widths[random.nextInt(widths.length)] : 0,
                after ? 1 + random.nextInt(6) : 0,
                after ? widths[random.nextInt(widths.length)] : 0,
                mix,
                mix == heads && random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                1 + random.nextInt(7));
    }

    /** Models with one thing less. */
    public List<FuzzModel> simpler() {
        List<FuzzModel> models = new ArrayList<>();
        if (layers > 1) {
            models.add(with(layers - 1, heads, kvHeads, headDim, headKernel));
        }
        if (headDim > 4) {
            models.add(with(layers, heads, kvHeads, 4, headKernel));
        }
        if (heads > kvHeads) {
            models.add(with(layers, kvHeads, kvHeads, headDim, headKernel == heads ? kvHeads : headKernel));
        }
        if (kvHeads > 2) {
            models.add(with(layers, heads / 2, kvHeads / 2, headDim, headKernel == heads ? heads / 2 : headKernel));
        }
        if (headKernel > 0) {
            models.add(with(layers, heads, kvHeads, headDim, 0));
        }
        if (kind == Kind.MULTI_TOKEN) {
            models.addAll(withoutParts());
        }
        return models;
    }

    private FuzzModel with(int newLayers, int newHeads, int newKvHeads, int newHeadDim, int newHeadKernel) {
        return new FuzzModel(
                kind,
                newLayers,
                newHeads,
                newKvHeads,
                newHeadDim,
                queryKernel,
                keyKernel,
                afterQueryKernel,
                afterKeyKernel,
                newHeadKernel,
                preMix && newHeadKernel > 0,
                norm,
                gate,
                window);
    }

    private List<FuzzModel> withoutParts() {
        List<FuzzModel> models = new ArrayList<>();
        if (afterQueryKernel > 0) {
            models.add(parts(queryKernel, keyKernel, 0, 0, norm, gate));
        } else if (queryKernel > 1) {
            models.add(parts(1, keyKernel, 0, 0, norm, gate));
        } else if (keyKernel > 1) {
            models.add(parts(queryKernel, 1, 0, 0, norm, gate));
        }
        if (norm) {
            models.add(parts(queryKernel, keyKernel, afterQueryKernel, afterKeyKernel, false, gate));
        }
        if (gate) {
            models.add(parts(queryKernel, keyKernel, afterQueryKernel, afterKeyKernel, norm, false));
        }
        return models;
    }

    private FuzzModel parts(int rows, int columns, int afterRows, int afterColumns, boolean hasNorm, boolean hasGate) {
        return new FuzzModel(
                kind,
                layers,
                heads,
                kvHeads,
                headDim,
                rows,
                columns,
                afterRows,
                afterColumns,
                headKernel,
                preMix,
                hasNorm,
                hasGate,
                window);
    }

    /** The model as a preset, to be opened with random weights. */
    public Preset preset() {
        return switch (kind) {
            case MULTI_TOKEN -> preset(Families.linguaMta(), "params.json", lingua(), new TreeMap<>());
            case SHIFTED -> preset(Families.llama(), "config.json", llama("llama"), shiftWeights());
            case SLIDING -> preset(Families.baichuanM1(), "config.json", baichuan(), new TreeMap<>());
            case DIFFERENTIAL -> preset(Families.diffLlama(), "config.json", llama("diffllama"), new TreeMap<>());
            case PLAIN -> preset(Families.llama(), "config.json", llama("llama"), new TreeMap<>());
        };
    }

    private Preset preset(Family family, String file, String json, SortedMap<String, Shape> stored) {
        try {
            ModelConfig config = new ModelConfig(file, new ObjectMapper().readTree(json));
            return new Preset("fuzz", toString(), family, config, stored);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a made configuration is not JSON: " + json, e);
        }
    }

    private SortedMap<String, Shape> shiftWeights() {
        SortedMap<String, Shape> stored = new TreeMap<>();
        for (int layer = 0; layer < layers; layer++) {
            stored.put("model.layers." + layer + ".self_attn.K", Shape.of(kvHeads, 2));
            stored.put("model.layers." + layer + ".self_attn.V", Shape.of(kvHeads, 2));
        }
        return stored;
    }

    private String lingua() {
        List<String> parts = new ArrayList<>();
        parts.add("\"use_mta\": true");
        parts.add(
                queryKernel > 0
                        ? "\"query_kernel_size\": %d, \"key_kernel_size\": %d".formatted(queryKernel, keyKernel)
                        : "\"query_kernel_size\": null");
        if (afterQueryKernel > 0) {
            parts.add("\"after_sm_query_kernel_size\": %d, \"after_sm_key_kernel_size\": %d"
                    .formatted(afterQueryKernel, afterKeyKernel));
        }
        if (headKernel > 0) {
            parts.add("\"head_kernel_size\": " + headKernel);
        }
        if (preMix) {
            parts.add("\"pre_sm_linear_head\": true");
        }
        if (norm) {
            parts.add("\"group_norm\": true");
        }
        if (gate) {
            parts.add("\"add_gating\": true");
        }
        return """
                {"model": {"dim": %d, "n_layers": %d, "n_heads": %d, "n_kv_heads": %d, "vocab_size": %d, "multiple_of": 8,
                           "rope_theta": 10000, "weight_tying": false, "max_seqlen": 128, "mta": {%s}}}
                """.formatted(heads * headDim, layers, heads, kvHeads, VOCABULARY, String.join(", ", parts));
    }

    private String llama(String type) {
        return """
                {"model_type": "%s", "vocab_size": %d, "hidden_size": %d, "intermediate_size": 24, "num_hidden_layers": %d,
                 "num_attention_heads": %d, "num_key_value_heads": %d, "rms_norm_eps": 1e-5, "rope_theta": 10000,
                 "hidden_act": "silu", "max_position_embeddings": 128, "tie_word_embeddings": false}
                """.formatted(type, VOCABULARY, heads * headDim, layers, heads, kvHeads);
    }

    private String baichuan() {
        return """
                {"model_type": "baichuan_m1", "vocab_size": %d, "hidden_size": %d, "intermediate_size": 24,
                 "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
                 "num_swa_attention_heads": %d, "num_swa_key_value_heads": %d, "sliding_window": %d,
                 "sliding_window_layers": [%s], "conv_window": 2, "rope_theta": 1000000, "rms_norm_eps": 1e-6,
                 "hidden_act": "silu", "max_position_embeddings": 128, "tie_word_embeddings": false}
                """.formatted(
                VOCABULARY, heads * headDim, layers, heads, kvHeads, heads, kvHeads, window, layers > 1 ? "1" : "0");
    }

    /** For instance {@code multi_token, 2 layers, 4/2 heads of 8, pre 3x5, mix of 4, gate}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        parts.add(kind.name().toLowerCase(Locale.ROOT));
        parts.add(layers + (layers == 1 ? " layer" : " layers"));
        parts.add(heads + "/" + kvHeads + " heads of " + headDim);
        if (kind == Kind.MULTI_TOKEN) {
            addParts(parts);
        }
        if (kind == Kind.SLIDING) {
            parts.add("window " + window);
        }
        return String.join(", ", parts);
    }

    private void addParts(List<String> parts) {
        if (queryKernel > 0) {
            parts.add("pre " + queryKernel + "x" + keyKernel);
        }
        if (afterQueryKernel > 0) {
            parts.add("post " + afterQueryKernel + "x" + afterKeyKernel);
        }
        if (headKernel > 0) {
            parts.add((preMix ? "mixes of " : "mix of ") + headKernel);
        }
        if (norm) {
            parts.add("norm");
        }
        if (gate) {
            parts.add("gate");
        }
    }
}

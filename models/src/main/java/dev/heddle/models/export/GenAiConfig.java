package dev.heddle.models.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.models.attention.CacheSlot;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.Decoder;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code genai_config.json}, from which ONNX Runtime GenAI learns how to drive a model, for those that it can drive: it passes keys and values of one shape for all
 * layers and no other state (its {@code src/models/kv_cache.cpp}, class DefaultKeyValueCache, 2025).
 *
 * @param generation the source's {@code generation_config.json}, over its {@code config.json}
 */
record GenAiConfig(Decoder decoder, KvCache cache, List<JsonNode> generation) {

    static final String FILE = "genai_config.json";

    /** What the library knows by a name of its own; anything else is a {@code decoder} to it (its src/models/model_type.h). */
    private static final Set<String> KNOWN_TYPES = Set.of("llama");

    /** Settings of generation that both know, with the library's defaults (its src/config.h, struct Search). */
    private static final Map<String, Object> SEARCH = search();

    private static Map<String, Object> search() {
        Map<String, Object> search = new LinkedHashMap<>();
        search.put("do_sample", false);
        search.put("early_stopping", true);
        search.put("length_penalty", 1.0);
        search.put("min_length", 0);
        search.put("num_beams", 1);
        search.put("num_return_sequences", 1);
        search.put("repetition_penalty", 1.0);
        search.put("temperature", 1.0);
        search.put("top_k", 50);
        search.put("top_p", 1.0);
        return search;
    }

    /** Why the library cannot drive the model; empty if it can. */
    String obstacle() {
        if (!(cache instanceof KvCache.Dynamic)) {
            return "it needs the cache dynamic, the model has " + cache.label();
        }
        Set<List<Integer>> shapes = new HashSet<>();
        for (int layer = 0; layer < decoder.layers().size(); layer++) {
            for (CacheSlot slot :
                    cache.slots(decoder.layers().get(layer).attention().variant())) {
                boolean usual = slot.role().equals("key") || slot.role().equals("value");
                if (!usual || !(slot.length() instanceof CacheSlot.Length.Growing)) {
                    return "it keeps a key and a value for every token, layer " + layer + " also has state "
                            + slot.role() + (usual ? " of its last tokens only" : "");
                }
                shapes.add(List.of(slot.heads(), slot.size()));
            }
        }
        if (shapes.size() > 1) {
            return "it keeps keys and values of one shape, the layers have several";
        }
        return value("eos_token_id").isMissingNode() ? "it must know eos_token_id, which the source does not say" : "";
    }

    ObjectNode json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode model = root.putObject("model");
        putIfKnown(model, "bos_token_id");
        model.put("context_length", decoder.maxPositions());
        describe(model.putObject("decoder"));
        model.set("eos_token_id", value("eos_token_id"));
        JsonNode eos = value("eos_token_id");
        JsonNode padding = value("pad_token_id");
        model.set("pad_token_id", padding.isMissingNode() ? (eos.isArray() ? eos.path(0) : eos) : padding);
        model.put("type", KNOWN_TYPES.contains(decoder.family()) ? decoder.family() : "decoder");
        model.put("vocab_size", decoder.vocabSize());
        ObjectNode search = root.putObject("search");
        SEARCH.forEach((name, fallback) -> {
            JsonNode value = value(name);
            if (value.isMissingNode()) {
                search.putPOJO(name, fallback);
            } else {
                search.set(name, value);
            }
        });
        search.put("max_length", decoder.maxPositions());
        // The model's present is longer than its past: they cannot be one buffer.
        search.put("past_present_share_buffer", false);
        return root;
    }

    private void describe(ObjectNode node) {
        CacheSlot key =
                cache.slots(decoder.layers().get(0).attention().variant()).get(0);
        Heads heads = decoder.layers().get(0).attention().variant().heads();
        node.putObject("session_options").putArray("provider_options");
        node.put("filename", ModelWriter.MODEL_FILE);
        node.put("head_size", key.size());
        node.put("hidden_size", decoder.hiddenSize());
        ObjectNode inputs = node.putObject("inputs");
        List.of("input_ids", "attention_mask", "position_ids").forEach(name -> inputs.put(name, name));
        inputs.put("past_key_names", "past_key_values.%d.key");
        inputs.put("past_value_names", "past_key_values.%d.value");
        ObjectNode outputs = node.putObject("outputs");
        outputs.put("logits", "logits");
        outputs.put("present_key_names", "present.%d.key");
        outputs.put("present_value_names", "present.%d.value");
        node.put("num_attention_heads", heads.query());
        node.put("num_hidden_layers", decoder.layers().size());
        node.put("num_key_value_heads", key.heads());
    }

    private void putIfKnown(ObjectNode node, String name) {
        if (!value(name).isMissingNode()) {
            node.set(name, value(name));
        }
    }

    /** As the first file says that has it. */
    private JsonNode value(String name) {
        return generation.stream()
                .map(file -> file.path(name))
                .filter(value -> !value.isMissingNode() && !value.isNull())
                .findFirst()
                .orElseGet(() -> JsonNodeFactory.instance.missingNode());
    }
}

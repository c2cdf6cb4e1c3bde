package dev.heddle.models.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.models.attention.CacheSlot;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.decoder.DecoderLayer;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.layout.PlanJson;
import dev.heddle.models.layout.SourcePlan;
import java.util.Locale;

/** What a model file says of itself: one JSON value under the metadata key {@code heddle}. */
final class ModelDescription {

    static final String KEY = "heddle";

    private static final int FORMAT = 1;

    private ModelDescription() {}

    static String of(
            Decoder decoder,
            GraphOptions options,
            String exporterVersion,
            String source,
            SourcePlan plan,
            String genAiObstacle) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", FORMAT);
        root.put("exporter", exporterVersion);
        root.put("family", decoder.family());
        root.put("source", source);
        root.put("parameters", decoder.parameterCount());
        root.put("vocab_size", decoder.vocabSize());
        root.put("hidden_size", decoder.hiddenSize());
        root.put("max_positions", decoder.maxPositions());
        root.put("tied_head", decoder.isTied());
        NumericsJson.write(options.numerics(), root);
        root.put("target", options.target().name());
        root.put("cache", options.cache().label());
        if (options.cache() instanceof KvCache.Static cache) {
            root.put("max_len", cache.maxLen());
        }
        root.put("operators", options.style().name().toLowerCase(Locale.ROOT));
        ArrayNode layers = root.putArray("layers");
        decoder.layers().forEach(layer -> layers.add(layer(layer, options.cache())));
        root.put("genai", genAiObstacle.isEmpty() ? GenAiConfig.FILE : "none: " + genAiObstacle);
        root.set("checkpoint", PlanJson.write(plan));
        return root.toString();
    }

    private static ObjectNode layer(DecoderLayer layer, KvCache cache) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("attention", layer.attention().variant().summary());
        ObjectNode state = node.putObject("state");
        for (CacheSlot slot : cache.slots(layer.attention().variant())) {
            ObjectNode entry = state.putObject(slot.role());
            entry.put("heads", slot.heads());
            entry.put("size", slot.size());
            if (slot.length() instanceof CacheSlot.Length.AtMost limit) {
                entry.put("at_most", limit.count());
            } else if (slot.length() instanceof CacheSlot.Length.Window window) {
                entry.put("at_most", window.count());
            } else if (slot.length() instanceof CacheSlot.Length.Exactly length) {
                entry.put("exactly", length.count());
            }
        }
        return node;
    }
}

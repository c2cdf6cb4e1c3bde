package dev.heddle.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.exporter.graph.Model;
import java.util.Map;
import java.util.Optional;

/** What a model that Heddle exported says of itself. */
final class ModelMetadata {

    private static final String KEY = "heddle";

    private ModelMetadata() {}

    /**
     * Missing if another program wrote the model.
     *
     * @throws IllegalArgumentException if it is not JSON
     */
    static JsonNode of(Model model) {
        return of(model.metadata());
    }

    /** What the model computes in; empty if another program wrote it. */
    static Optional<ModelNumerics> numerics(JsonNode description) {
        return description.isMissingNode() ? Optional.empty() : Optional.of(ModelNumerics.of(description));
    }

    /** As {@link #of(Model)}. */
    static JsonNode of(Map<String, String> metadata) {
        ObjectMapper mapper = new ObjectMapper();
        String json = metadata.get(KEY);
        if (json == null) {
            return mapper.missingNode();
        }
        try {
            return mapper.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("metadata " + KEY + ": expected JSON, got " + e.getOriginalMessage(), e);
        }
    }
}

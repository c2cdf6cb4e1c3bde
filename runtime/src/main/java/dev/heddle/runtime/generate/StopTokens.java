package dev.heddle.runtime.generate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.runtime.JsonFile;
import dev.heddle.runtime.ModelFormatException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Finds the end-of-text tokens in the config files of a model folder. */
final class StopTokens {
    private static final String KEY = "eos_token_id";

    private StopTokens() {}

    /**
     * {@code eos_token_id}, a number or a list, of {@code generation_config.json}, else of {@code config.json}; empty
     * if neither file has it.
     *
     * @throws ModelFormatException if it is anything else
     */
    static Set<Long> of(Path folder) {
        Set<Long> tokens = read(folder.resolve("generation_config.json"));
        return tokens.isEmpty() ? read(folder.resolve("config.json")) : tokens;
    }

    private static Set<Long> read(Path file) {
        Optional<JsonNode> value = JsonFile.read(file).map(json -> json.path(KEY));
        Set<Long> tokens = new LinkedHashSet<>();
        if (value.isEmpty() || value.get().isMissingNode() || value.get().isNull()) {
            return tokens;
        }
        Iterable<JsonNode> entries = value.get().isArray() ? value.get() : Set.of(value.get());
        for (JsonNode entry : entries) {
            if (!entry.isIntegralNumber()) {
                throw new ModelFormatException(
                        "%s: %s must be a whole number or a list of them, got %s".formatted(file, KEY, value.get()));
            }
            tokens.add(entry.asLong());
        }
        return tokens;
    }
}

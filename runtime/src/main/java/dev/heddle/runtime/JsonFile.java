package dev.heddle.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the JSON files of a model folder. */
public final class JsonFile {
    private JsonFile() {}

    /**
     * The content of a JSON file; empty if there is no such file.
     *
     * @throws ModelFormatException if it is not JSON
     */
    public static Optional<JsonNode> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ObjectMapper().readTree(file.toFile()));
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(
                    "%s: expected JSON, line %d: %s"
                            .formatted(file, e.getLocation().getLineNr(), problem(e)),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The library's own words for a file that ends too early also tell of its settings. */
    private static String problem(JsonProcessingException problem) {
        return problem instanceof JsonEOFException ? "it ends too early" : problem.getOriginalMessage();
    }
}

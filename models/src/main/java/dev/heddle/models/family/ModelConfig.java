package dev.heddle.models.family;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.heddle.models.checkpoint.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A source's configuration file.
 *
 * @param file its name, for messages: {@code config.json} or {@code params.json}
 * @param json the object in it
 */
public record ModelConfig(String file, JsonNode json) {

    static final String LINGUA_FILE = "params.json";

    /** A field that is there twice, or text after the end, is an error: which value is meant cannot be known. */
    private static final ObjectReader STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .reader();

    /** True if it is lingua's, false if it is Hugging Face's. */
    public boolean isLingua() {
        return file.equals(LINGUA_FILE);
    }

    /** @throws ModelFormatException if the file cannot be read or is not JSON */
    public static ModelConfig read(Path file) {
        String name = file.getFileName().toString();
        try {
            return new ModelConfig(name, STRICT.readTree(Files.readAllBytes(file)));
        } catch (JsonProcessingException e) {
            // The library's own words for a file that ends too early also tell of its settings.
            String problem = e instanceof JsonEOFException ? "it ends too early" : e.getOriginalMessage();
            throw new ModelFormatException(file + ": expected JSON, got a syntax error: " + problem, e);
        } catch (IOException e) {
            throw new ModelFormatException(file + ": expected a readable file: " + e.getMessage(), e);
        }
    }
}

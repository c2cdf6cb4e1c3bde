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
import java.util.Locale;

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

    /** What it says of itself, for a message to those who have a model of another family. */
    String kind() {
        if (!json.isObject()) {
            return "no JSON object but "
                    + (json.isMissingNode()
                            ? "nothing"
                            : json.getNodeType().name().toLowerCase(Locale.ROOT));
        }
        return isLingua()
                ? shown("model.dim", json.path("model").path("dim"))
                : shown("model_type", json.path("model_type"));
    }

    private static String shown(String field, JsonNode value) {
        return value.isMissingNode() ? "no " + field : field + " " + value;
    }

    /** @throws ModelFormatException if the file cannot be read or is not JSON */
    public static ModelConfig read(Path file) {
        String name = file.getFileName().toString();
        try {
            return new ModelConfig(name, STRICT.readTree(Files.readAllBytes(file)));
        } catch (JsonProcessingException e) {
            // The library's own words for some errors also tell of its settings.
            String problem = e instanceof JsonEOFException
                    ? "it ends too early"
                    : e.getOriginalMessage().replaceFirst(": enable `.*", "");
            throw new ModelFormatException(file + ": expected JSON, got a syntax error: " + problem, e);
        } catch (IOException e) {
            throw new ModelFormatException(file + ": expected a readable file: " + e.getMessage(), e);
        }
    }
}

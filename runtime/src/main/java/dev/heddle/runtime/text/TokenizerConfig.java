package dev.heddle.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.heddle.runtime.JsonFile;
import java.nio.file.Path;

/**
 * What {@code tokenizer_config.json} says about tokens around a prompt.
 *
 * <p>Without the file a begin-of-text token is put in front and none behind, as the Hugging Face classes for
 * SentencePiece do.
 */
record TokenizerConfig(boolean addBos, boolean addEos) {
    static TokenizerConfig of(Path folder) {
        JsonNode json = JsonFile.read(folder.resolve("tokenizer_config.json")).orElse(MissingNode.getInstance());
        return new TokenizerConfig(
                json.path("add_bos_token").asBoolean(true),
                json.path("add_eos_token").asBoolean(false));
    }
}

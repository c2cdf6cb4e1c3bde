package dev.heddle.models.export;

import dev.heddle.models.family.SourceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The small files beside a checkpoint that a model folder keeps: tokenizer and configuration. */
final class CompanionFiles {

    private static final List<String> NAMES = List.of(
            "config.json",
            "params.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer.model",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja");

    private CompanionFiles() {}

    /**
     * Copies those that are there, looking also into the folder {@code consolidated}; the configuration is written as it was read, so that a preset has one too.
     */
    static void write(SourceModel source, Path target) throws IOException {
        Path origin = Path.of(source.origin());
        for (String name : NAMES) {
            for (Path folder : List.of(origin, origin.resolve("consolidated"))) {
                Path file = folder.resolve(name);
                if (Files.isRegularFile(file) && Files.notExists(target.resolve(name))) {
                    Files.copy(file, target.resolve(name));
                }
            }
        }
        Path config = target.resolve(source.config().file());
        if (Files.notExists(config)) {
            Files.writeString(config, source.config().json().toPrettyString() + "\n");
        }
    }
}

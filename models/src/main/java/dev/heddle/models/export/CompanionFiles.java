package dev.heddle.models.export;

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

    /** Copies those that are there; a folder with its weights in {@code consolidated/} may have them in either place. */
    static void copy(Path source, Path target) throws IOException {
        for (String name : NAMES) {
            for (Path folder : List.of(source, source.resolve("consolidated"))) {
                Path file = folder.resolve(name);
                if (Files.isRegularFile(file) && Files.notExists(target.resolve(name))) {
                    Files.copy(file, target.resolve(name));
                }
            }
        }
    }
}

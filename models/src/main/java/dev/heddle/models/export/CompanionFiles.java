package dev.heddle.models.export;

import dev.heddle.exporter.onnx.UnwritableFileException;
import dev.heddle.models.family.SourceFiles;
import dev.heddle.models.family.SourceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

    /** Copies those that are there; the configuration is written as it was read if it is not among them, so that a preset has one too. */
    static void write(SourceModel source, Path target) throws IOException {
        List<Path> folders = SourceFiles.at(Path.of(source.origin())).folders();
        for (String name : NAMES) {
            Optional<Path> found = source.isStored()
                    ? folders.stream()
                            .map(folder -> folder.resolve(name))
                            .filter(Files::isRegularFile)
                            .findFirst()
                    : Optional.empty();
            if (found.isPresent()) {
                write(target.resolve(name), file -> Files.copy(found.get(), file));
            }
        }
        Path config = target.resolve(source.config().file());
        if (Files.notExists(config)) {
            String text = source.config().json().toPrettyString() + "\n";
            write(config, file -> Files.writeString(file, text));
        }
    }

    @FunctionalInterface
    private interface Content {
        void writeTo(Path file) throws IOException;
    }

    private static void write(Path file, Content content) throws IOException {
        try {
            content.writeTo(file);
        } catch (IOException e) {
            throw UnwritableFileException.of(file, e);
        }
    }
}

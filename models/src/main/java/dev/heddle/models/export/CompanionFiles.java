package dev.heddle.models.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.exporter.onnx.UnwritableFileException;
import dev.heddle.models.family.ModelConfig;
import dev.heddle.models.family.SourceFiles;
import dev.heddle.models.family.SourceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The small files beside a checkpoint that a model folder keeps: tokenizer and configuration. */
final class CompanionFiles {

    private static final String GENERATION = "generation_config.json";

    private static final List<String> NAMES = List.of(
            "config.json",
            "params.json",
            GENERATION,
            "tokenizer.json",
            "tokenizer.model",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "vocab.txt",
            "chat_template.json",
            "chat_template.jinja");

    private CompanionFiles() {}

    /**
     * Those that the source has, and its configuration in any case, so that a preset has one too.
     *
     * @return path from the source's folder to name in the model's
     */
    static SortedMap<String, String> of(SourceModel source) {
        SortedMap<String, String> companions = new TreeMap<>();
        found(source).forEach((name, file) -> companions.put(files(source).relative(file), name));
        if (!companions.containsValue(source.config().file())) {
            companions.put(source.config().file(), source.config().file());
        }
        return companions;
    }

    /** Copies those that are there; the configuration is written as it was read if it is not among them. */
    static void write(SourceModel source, Path target) throws IOException {
        for (Map.Entry<String, Path> companion : found(source).entrySet()) {
            write(target.resolve(companion.getKey()), file -> Files.copy(companion.getValue(), file));
        }
        Path config = target.resolve(source.config().file());
        if (Files.notExists(config)) {
            String text = source.config().json().toPrettyString() + "\n";
            writeText(config, text);
        }
    }

    /** What the source says of generation: its file for that, if it has one, and its configuration. */
    static List<JsonNode> generation(SourceModel source) {
        JsonNode config = source.config().json();
        Path file = found(source).get(GENERATION);
        return file == null ? List.of(config) : List.of(ModelConfig.read(file).json(), config);
    }

    private static SortedMap<String, Path> found(SourceModel source) {
        SortedMap<String, Path> found = new TreeMap<>();
        if (source.isStored()) {
            for (String name : NAMES) {
                files(source).folders().stream()
                        .map(folder -> folder.resolve(name))
                        .filter(Files::isRegularFile)
                        .findFirst()
                        .ifPresent(file -> found.put(name, file));
            }
        }
        return found;
    }

    private static SourceFiles files(SourceModel source) {
        return SourceFiles.at(Path.of(source.origin()));
    }

    /** A file that is made, not copied. */
    static void writeText(Path file, String text) throws IOException {
        write(file, target -> Files.writeString(target, text));
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

package dev.heddle.models.family;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.Checkpoints;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.decoder.Decoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A model as its source has it: description and weights. Close it when done. Thread-safe.
 *
 * @param origin where it comes from, for messages
 * @param warnings what was assumed, one line each
 */
public record SourceModel(
        String origin, ModelConfig config, Decoder decoder, Checkpoint checkpoint, List<String> warnings)
        implements AutoCloseable {

    public SourceModel {
        warnings = List.copyOf(warnings);
    }

    /**
     * Opens a checkpoint folder: {@code config.json} or {@code params.json} in it or in its folder {@code
     * consolidated}, with the weights beside or in {@code consolidated}. Every tensor's presence, shape and type is
     * checked, not its values.
     *
     * @throws ModelFormatException if there is no such configuration, no family or more than one accepts it, or it and
     *     the weights do not fit together
     */
    public static SourceModel open(Path folder, List<Family> families) {
        Configured configured = configured(folder, families);
        Checkpoint checkpoint = Checkpoints.open(weights(folder));
        boolean complete = false;
        try {
            List<String> warnings = new ArrayList<>();
            SortedMap<String, Shape> stored = new TreeMap<>();
            checkpoint.tensors().forEach((name, tensor) -> stored.put(name, tensor.shape()));
            Decoder decoder = configured.family().describe(configured.config(), stored, warnings::add);
            new TensorCheck(configured.family(), decoder, checkpoint).run();
            complete = true;
            return new SourceModel(folder.toString(), configured.config(), decoder, checkpoint, warnings);
        } finally {
            if (!complete) {
                checkpoint.close();
            }
        }
    }

    @Override
    public void close() {
        checkpoint.close();
    }

    private record Configured(ModelConfig config, Family family) {}

    private static Configured configured(Path folder, List<Family> families) {
        if (!Files.isDirectory(folder)) {
            throw new ModelFormatException(folder + ": expected a checkpoint folder, found none");
        }
        List<Configured> accepted = new ArrayList<>();
        List<Path> found = new ArrayList<>();
        for (Path file : List.of(
                folder.resolve("config.json"),
                folder.resolve("params.json"),
                folder.resolve("consolidated").resolve("params.json"))) {
            if (Files.isRegularFile(file)) {
                found.add(folder.relativize(file));
                ModelConfig config = read(file);
                families.stream()
                        .filter(family -> family.accepts(config))
                        .forEach(family -> accepted.add(new Configured(config, family)));
            }
        }
        if (found.isEmpty()) {
            throw new ModelFormatException(
                    folder + ": expected config.json, params.json or consolidated/params.json, found none of them");
        }
        if (accepted.size() != 1) {
            String names = families.stream().map(Family::name).collect(Collectors.joining(", "));
            throw new ModelFormatException(folder + ": expected one configuration of " + names + ", got "
                    + (accepted.isEmpty() ? "none in " : accepted.size() + " in ") + found);
        }
        return accepted.get(0);
    }

    private static ModelConfig read(Path file) {
        String name = file.getFileName().toString();
        try {
            return new ModelConfig(name, new ObjectMapper().readTree(Files.readAllBytes(file)));
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file + ": expected JSON, got a syntax error: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new ModelFormatException(file + ": expected a readable file: " + e.getMessage(), e);
        }
    }

    private static Path weights(Path folder) {
        Path consolidated = folder.resolve("consolidated");
        return Files.isDirectory(consolidated) ? consolidated : folder;
    }
}

package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.Checkpoints;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.decoder.Decoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
     * Opens a checkpoint: a folder with {@code config.json} or {@code params.json} and the weights beside it, or, as lingua has it, one or both of them in its
     * folder {@code consolidated}; or the file of weights itself, with the configuration beside it, which chooses one of several in a folder. Every tensor's
     * presence, shape and type is checked, not its values.
     *
     * @throws ModelFormatException if there is no such configuration, no family or more than one accepts it, or it and
     *     the weights do not fit together
     */
    public static SourceModel open(Path source, List<Family> families) {
        SourceFiles files = SourceFiles.at(source);
        Configured configured = configured(files, families);
        Checkpoint checkpoint = Checkpoints.open(files.weights(configured.config()));
        boolean complete = false;
        try {
            List<String> warnings = new ArrayList<>();
            SortedMap<String, Shape> stored = new TreeMap<>();
            checkpoint.tensors().forEach((name, tensor) -> stored.put(name, tensor.shape()));
            Decoder decoder = configured.family().describe(configured.config(), stored, warnings::add);
            new TensorCheck(configured.family(), decoder, checkpoint).run();
            complete = true;
            return new SourceModel(source.toString(), configured.config(), decoder, checkpoint, warnings);
        } finally {
            if (!complete) {
                checkpoint.close();
            }
        }
    }

    /** True if it was read from files, false for a preset. */
    public boolean isStored() {
        return Files.exists(Path.of(origin));
    }

    @Override
    public void close() {
        checkpoint.close();
    }

    private record Configured(ModelConfig config, Family family) {}

    private static Configured configured(SourceFiles files, List<Family> families) {
        Path source = files.source();
        if (!Files.exists(source)) {
            throw new ModelFormatException(source + ": expected a checkpoint folder or file, found none");
        }
        List<Path> found = files.configurations();
        if (found.isEmpty()) {
            throw new ModelFormatException(
                    source + ": expected " + files.configurationNames() + ", found none of them");
        }
        // Lingua leaves a copy of its configuration beside the consolidated weights; equal ones count once.
        Set<Configured> accepted = new LinkedHashSet<>();
        List<String> types = new ArrayList<>();
        for (Path file : found) {
            ModelConfig config = ModelConfig.read(file);
            types.add(files.folders().get(0).relativize(file) + ": " + config.kind());
            families.stream()
                    .filter(family -> family.accepts(config))
                    .forEach(family -> accepted.add(new Configured(config, family)));
        }
        if (accepted.size() != 1) {
            String names = families.stream().map(Family::name).collect(Collectors.joining(", "));
            throw new ModelFormatException(source + ": expected one configuration of " + names + ", got "
                    + (accepted.isEmpty() ? "none" : Integer.toString(accepted.size())) + " in " + types);
        }
        return accepted.iterator().next();
    }
}

package dev.heddle.models.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which file of a folder is the checkpoint: the only one of the well-known names that is there; if there is none of
 * them, the only other {@code *.safetensors} or {@code *.pth}. More than one is an error, since guessing could convert
 * another model than the one meant.
 */
final class CheckpointFolder {

    private static final List<String> WELL_KNOWN = List.of(
            "model.safetensors.index.json", "model.safetensors", "consolidated.safetensors", "consolidated.pth");

    /** Reference logits that may lie beside a model; never its weights. */
    private static final String EXPECTED = "expected.safetensors";

    private CheckpointFolder() {}

    static Path locate(Path folder) {
        List<String> found = WELL_KNOWN.stream()
                .filter(name -> Files.isRegularFile(folder.resolve(name)))
                .toList();
        if (found.isEmpty()) {
            found = others(folder);
        }
        if (found.isEmpty()) {
            throw new ModelFormatException(
                    name(folder) + ": expected a checkpoint (" + String.join(", ", WELL_KNOWN) + "), found none");
        }
        if (found.size() > 1) {
            throw new ModelFormatException(name(folder) + ": expected one checkpoint, found "
                    + Printable.of(String.join(", ", found)) + "; give the file to use");
        }
        return folder.resolve(found.get(0));
    }

    private static List<String> others(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".safetensors") || name.endsWith(".pth"))
                    .filter(name -> !name.equals(EXPECTED))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ModelFormatException(name(folder) + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    private static String name(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? folder.toString() : name.toString();
    }
}

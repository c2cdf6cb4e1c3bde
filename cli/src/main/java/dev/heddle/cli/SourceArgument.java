package dev.heddle.cli;

import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.preset.Initialization;
import dev.heddle.models.preset.Preset;
import dev.heddle.models.preset.Presets;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** SOURCE of a command: a checkpoint folder, or {@code preset:NAME}. */
final class SourceArgument {

    private static final String PRESET = "preset:";

    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            description = "Checkpoint folder, or preset:NAME (see heddle presets).")
    private String source = "";

    @Option(
            names = "--init",
            paramLabel = "KIND",
            description = "Weights of a preset: identity or random (default: ${DEFAULT-VALUE}).")
    private Initialization initialization = Initialization.RANDOM;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of a preset's weights (default: ${DEFAULT-VALUE}).")
    private long seed;

    boolean isPreset() {
        return source.startsWith(PRESET);
    }

    String text() {
        return source;
    }

    SourceModel open() {
        return isPreset()
                ? preset(source.substring(PRESET.length())).open(initialization, seed)
                : SourceModel.open(Path.of(source), Families.all());
    }

    private static Preset preset(String name) {
        return Presets.all().stream()
                .filter(preset -> preset.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        PRESET + name + ": expected one of the names that heddle presets lists, got '" + name + "'"));
    }
}

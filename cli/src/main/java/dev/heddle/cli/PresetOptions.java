package dev.heddle.cli;

import dev.heddle.models.family.SourceModel;
import dev.heddle.models.preset.Initialization;
import dev.heddle.models.preset.Presets;
import picocli.CommandLine.Option;

/** Which weights a preset has, for commands that take {@code preset:NAME}. */
final class PresetOptions {

    private static final String PREFIX = "preset:";

    @Option(
            names = "--init",
            paramLabel = "KIND",
            description = "Weights of a preset: identity or random (default: random).")
    private Initialization initialization = Initialization.RANDOM;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of a preset's weights (default: ${DEFAULT-VALUE}).")
    private long seed;

    static boolean isPreset(String source) {
        return source.startsWith(PREFIX);
    }

    /** @throws IllegalArgumentException if there is no preset of this name */
    SourceModel open(String source) {
        return Presets.named(source.substring(PREFIX.length())).open(initialization, seed);
    }
}

package dev.heddle.cli;

import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.preset.Initialization;
import dev.heddle.models.preset.Presets;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which weights a preset has, for commands that take {@code preset:NAME}. */
final class PresetOptions {

    private static final String PREFIX = "preset:";

    @Option(
            names = "--init",
            paramLabel = "KIND",
            description = "Weights of a preset: identity or random (default: random).")
    private @Nullable Initialization initialization;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of a preset's weights (default: 0).")
    private @Nullable Long seed;

    static boolean isPreset(String source) {
        return source.startsWith(PREFIX);
    }

    /**
     * A checkpoint or a preset.
     *
     * @throws ParameterException of this command if there is no preset of this name
     */
    SourceModel openAny(String source, CommandLine command) {
        requireOneOf(command, source);
        if (!isPreset(source)) {
            return SourceModel.open(Path.of(source), Families.all());
        }
        try {
            return open(source);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, e.getMessage(), e);
        }
    }

    boolean areGiven() {
        return initialization != null || seed != null;
    }

    /** @throws ParameterException of this command if options for a preset are given and none of the names is one */
    void requireOneOf(CommandLine command, String... sources) {
        if (areGiven() && Arrays.stream(sources).noneMatch(PresetOptions::isPreset)) {
            throw new ParameterException(
                    command,
                    (initialization != null ? "--init" : "--seed") + ": expected " + PREFIX + "NAME with it, got "
                            + String.join(" and ", sources));
        }
    }

    /** @throws IllegalArgumentException if there is no preset of this name */
    SourceModel open(String source) {
        return Presets.named(source.substring(PREFIX.length()))
                .open(initialization == null ? Initialization.RANDOM : initialization, seed == null ? 0 : seed);
    }
}

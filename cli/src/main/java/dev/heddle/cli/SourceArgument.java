package dev.heddle.cli;

import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.preset.Initialization;
import dev.heddle.models.preset.Preset;
import dev.heddle.models.preset.Presets;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** SOURCE of a command: a checkpoint folder, or {@code preset:NAME}. */
final class SourceArgument {

    private static final String PRESET = "preset:";

    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            description =
                    "Checkpoint folder; the file of weights in it, if it holds several; or preset:NAME (see heddle presets).")
    private String source = "";

    @Option(
            names = "--init",
            paramLabel = "KIND",
            description = "Weights of a preset: identity or random (default: random).")
    private Initialization initialization = Initialization.RANDOM;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of a preset's weights (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** @throws IOException if the target would replace files of the source */
    void checkApart(Path target) throws IOException {
        if (!isPreset()) {
            TargetFolder.checkApart(target, Path.of(source));
        }
    }

    SourceModel open() {
        return isPreset()
                ? preset(source.substring(PRESET.length())).open(initialization, seed)
                : SourceModel.open(Path.of(source), Families.all());
    }

    private Preset preset(String name) {
        try {
            return Presets.named(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private boolean isPreset() {
        return source.startsWith(PRESET);
    }
}

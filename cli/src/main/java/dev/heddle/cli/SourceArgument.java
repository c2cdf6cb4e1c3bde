package dev.heddle.cli;

import dev.heddle.models.family.SourceModel;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** SOURCE of a command: a checkpoint folder, or {@code preset:NAME}. */
final class SourceArgument {

    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            description =
                    "Checkpoint folder; the file of weights in it, if it holds several; or preset:NAME (see heddle presets).")
    private String source = "";

    @Mixin
    private PresetOptions presets = new PresetOptions();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** @throws IOException if the target would replace files of the source */
    void checkApart(Path target) throws IOException {
        if (!PresetOptions.isPreset(source)) {
            TargetFolder.checkApart(target, Path.of(source));
        }
    }

    SourceModel open() {
        if (source.isEmpty()) {
            throw new ParameterException(
                    command.commandLine(), "invalid value for positional parameter 'SOURCE': expected a path, got ''");
        }
        return presets.openAny(source, command.commandLine());
    }
}

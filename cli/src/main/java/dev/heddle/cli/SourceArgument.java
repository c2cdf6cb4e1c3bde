package dev.heddle.cli;

import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** SOURCE of a command: a checkpoint folder, or {@code preset:NAME}. */
final class SourceArgument {

    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            description = "Checkpoint folder, or preset:NAME (see heddle presets).")
    private String source = "";

    SourceModel open() {
        return SourceModel.open(Path.of(source), Families.all());
    }
}

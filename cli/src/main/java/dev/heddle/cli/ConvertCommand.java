package dev.heddle.cli;

import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.models.convert.Conversion;
import dev.heddle.models.convert.ModelConversion;
import dev.heddle.runtime.session.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle convert}: a model folder back to the checkpoint it was exported from. */
@Command(
        name = "convert",
        description = "Write the checkpoint that a model folder was exported from: the same tensors in the same files.",
        mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "Model folder that Heddle exported.")
    private Path model = Path.of("");

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "Folder to make.")
    private Path output = Path.of("");

    @Option(
            names = "--dequantize",
            description =
                    "Write tensors that the export rounded, to few or 16 bits, as the numbers that the model has, in the source's element types. Without it a model in few bits is refused, and what is in 16 bits stays so.")
    private boolean dequantize;

    @Option(names = "--force", description = "Replace OUT if all files in it are ones that this writes.")
    private boolean force;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        requireFolder();
        TargetFolder.checkPlace(output, force);
        TargetFolder.checkApart(output, model);
        try (ConversionProgress progress =
                new ConversionProgress(spec.commandLine().getErr())) {
            Conversion conversion = ModelConversion.write(
                    model,
                    output,
                    dequantize ? ModelConversion.Rounded.DEQUANTIZED : ModelConversion.Rounded.AS_STORED,
                    force ? StagedFolder.Existing.REPLACE : StagedFolder.Existing.REFUSE,
                    progress);
            conversion.remarks().forEach(progress::warn);
            spec.commandLine()
                    .getOut()
                    .println(output + ": " + conversion.family() + ", " + conversion.tensors() + " tensors, "
                            + Quantity.bytes(conversion.bytes()) + ", " + outcome(conversion.outcome()));
        }
        return 0;
    }

    /** The model's file alone does not do: what else the source had lies beside it, under names of its own. */
    private void requireFolder() {
        ModelFile file = ModelFile.at(model);
        if (!Files.isDirectory(model)) {
            throw new IllegalArgumentException(model + ": expected a model folder, got a file; give "
                    + file.folder().toAbsolutePath());
        }
    }

    private static String outcome(Conversion.Outcome outcome) {
        return switch (outcome) {
            case SAME_FILES -> "every file the same as the source's";
            case SAME_TENSORS -> "every tensor the same as the source's, in files made anew";
            case NO_SOURCE_FILES -> "from a preset, which has no files to compare with";
            case OTHER_TENSORS -> "not the source's tensors";
        };
    }
}

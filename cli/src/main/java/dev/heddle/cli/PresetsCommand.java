package dev.heddle.cli;

import dev.heddle.models.attention.Heads;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.decoder.DecoderLayer;
import dev.heddle.models.preset.Preset;
import dev.heddle.models.preset.Presets;
import dev.heddle.runtime.parity.report.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heddle presets}: the models that can be made without a checkpoint. */
@Command(
        name = "presets",
        description = "List the models that can be exported without a checkpoint.",
        mixinStandardHelpOptions = true)
final class PresetsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        TextTable table = new TextTable("name", "family", "layers", "hidden", "heads", "vocab", "parameters", "about");
        for (Preset preset : Presets.all()) {
            Decoder decoder = preset.decoder();
            table.row(
                    preset.name(),
                    decoder.family(),
                    Integer.toString(decoder.layers().size()),
                    Integer.toString(decoder.hiddenSize()),
                    heads(decoder),
                    Integer.toString(decoder.vocabSize()),
                    Quantity.count(decoder.parameterCount()),
                    preset.about());
        }
        PrintWriter out = spec.commandLine().getOut();
        table.alignRight(2, 3, 5, 6).print(out);
        return 0;
    }

    /** For instance {@code 16x64} or {@code 20/4x128}; several kinds of layers are joined by a comma. */
    private static String heads(Decoder decoder) {
        List<String> kinds = decoder.layers().stream()
                .map(DecoderLayer::attention)
                .map(block -> heads(block.variant().heads()))
                .distinct()
                .toList();
        return String.join(", ", kinds);
    }

    private static String heads(Heads heads) {
        String keyValue = heads.groupSize() == 1 ? "" : "/" + heads.keyValue();
        return heads.query() + keyValue + "x" + heads.size();
    }
}

package dev.heddle.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.onnx.GraphText;
import dev.heddle.exporter.onnx.ModelInspection;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.onnx.ModelSummary;
import dev.heddle.runtime.session.ModelFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle inspect}: what is in a model file. */
@Command(
        name = "inspect",
        description = "Show a model's inputs, outputs, attention, operators and sizes, or what differs between two.",
        mixinStandardHelpOptions = true,
        footer = "With --diff the exit code is 3 if the models differ.")
final class InspectCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(paramLabel = "DIR", description = "Model folder or .onnx file, of whatever program.")
    private Path model = Path.of("");

    @ArgGroup(exclusive = true)
    private Form form = new Form();

    @Option(names = "--batch", paramLabel = "N", description = "Sequences to estimate memory for (default: 1).")
    private @Nullable Long batch;

    @Option(
            names = "--length",
            paramLabel = "N",
            description = "Tokens of each to estimate memory for (default: no estimate).")
    private @Nullable Long length;

    @Spec
    private CommandSpec spec;

    /** What is printed. */
    private static final class Form {
        @Option(names = "--text", description = "Print the graph in ONNX's textual syntax instead.")
        private boolean text;

        @Option(names = "--json", description = "Print all that is found as JSON.")
        private boolean json;

        @Option(
                names = "--diff",
                paramLabel = "DIR",
                description = "Print what is different in another model, also in the values of its weights.")
        private @Nullable Path other;
    }

    @Override
    public Integer call() throws IOException {
        checkRanges();
        Path file = file(model);
        PrintWriter out = spec.commandLine().getOut();
        if (form.text) {
            out.print(GraphText.of(ModelReader.read(file)));
            out.flush();
            return 0;
        }
        ModelInspection inspection = ModelInspection.open(file);
        return form.other == null ? show(inspection, file, out) : compare(inspection, form.other, out);
    }

    private void checkRanges() {
        if (batch != null) {
            new OptionValue(spec.commandLine(), "--batch", batch).requireAtLeast(1);
        }
        if (length != null) {
            new OptionValue(spec.commandLine(), "--length", length).requireAtLeast(1);
        } else if (batch != null) {
            throw new ParameterException(spec.commandLine(), "--batch: expected --length with it, got none");
        }
        if (length != null && (form.text || form.other != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--length: expected no --text or --diff with it, which estimate no memory");
        }
    }

    private static Path file(Path model) {
        return ModelFile.at(model).onnx();
    }

    private int compare(ModelInspection inspection, Path other, PrintWriter out) throws IOException {
        List<String> differences = inspection.differences(ModelInspection.open(file(other)));
        differences.forEach(out::println);
        out.println(count(differences.size()));
        out.flush();
        return differences.isEmpty() ? 0 : Heddle.PARITY_MISMATCH;
    }

    private static String count(int differences) {
        return switch (differences) {
            case 0 -> "no difference";
            case 1 -> "1 difference";
            default -> differences + " differences";
        };
    }

    private int show(ModelInspection inspection, Path file, PrintWriter out) throws IOException {
        ModelSummary summary = inspection.summary();
        JsonNode description = ModelMetadata.of(summary.metadata());
        if (form.json) {
            ObjectNode json = InspectionJson.of(summary, description);
            if (length != null) {
                json.set("memory", memory(file, length).json());
            }
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json));
        } else {
            new InspectionText(summary, description, out).print(file);
            if (length != null) {
                out.println();
                memory(file, length).lines().forEach(out::println);
            }
        }
        out.flush();
        requireReadable(file, summary);
        return 0;
    }

    private InspectedMemory memory(Path file, long tokens) throws IOException {
        long sequences = batch == null ? 1 : batch;
        try {
            return InspectedMemory.of(ModelReader.read(file).graph(), sequences, tokens);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    file + ": " + sequences + " sequences of " + tokens
                            + " tokens: expected to need fewer than 2^63 bytes, got more; give smaller numbers",
                    e);
        }
    }

    /** After everything was shown: a model whose weights are not there can still be looked at. */
    private static void requireReadable(Path file, ModelSummary summary) {
        for (ModelSummary.DataFile data : summary.dataFiles()) {
            if (!data.problem().isEmpty()) {
                throw new GraphException(file.getFileName() + ": " + data.problem());
            }
        }
    }
}

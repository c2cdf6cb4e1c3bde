package dev.heddle.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.onnx.DataFiles;
import dev.heddle.exporter.onnx.GraphText;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.onnx.ModelWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle inspect}: what is in a model file. */
@Command(
        name = "inspect",
        description = "Show a model's inputs, outputs, attention, operators and sizes.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "Model folder or .onnx file.")
    private Path model = Path.of("");

    @Option(names = "--text", description = "Print the graph in ONNX's textual syntax instead.")
    private boolean text;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path file = Files.isDirectory(model) ? model.resolve(ModelWriter.MODEL_FILE) : model;
        Model read = ModelReader.read(file);
        PrintWriter out = spec.commandLine().getOut();
        if (text) {
            out.print(GraphText.of(read));
        } else {
            print(read, file, out);
        }
        out.flush();
        return 0;
    }

    private static void print(Model model, Path file, PrintWriter out) throws IOException {
        out.println("file        " + file + ", " + Quantity.bytes(Files.size(file)));
        for (String location : DataFiles.of(model)) {
            Path data = file.resolveSibling(location);
            out.println("weights     " + data + ", " + Quantity.bytes(Files.size(data)));
        }
        out.println("written by  " + model.producer() + " " + model.producerVersion() + ", IR " + model.irVersion());
        out.println("opsets      " + opsets(model));
        JsonNode description = ModelMetadata.of(model);
        if (!description.isMissingNode()) {
            out.println("model       " + description.path("family").asText() + ", "
                    + description.path("layers").size() + " layers, hidden "
                    + description.path("hidden_size").asInt() + ", vocabulary "
                    + description.path("vocab_size").asInt() + ", cache "
                    + description.path("cache").asText());
            out.println("source      " + description.path("source").asText());
            out.println("genai       " + description.path("genai").asText("not stated"));
        }
        out.println("parameters  " + Quantity.count(parameters(model, description)));
        printValues("inputs", model.graph().inputs(), out);
        printValues("outputs", model.graph().outputs(), out);
        printLayers(description.path("layers"), out);
        printOperators(model, out);
    }

    private static String opsets(Model model) {
        return model.opsets().entrySet().stream()
                .map(opset -> (opset.getKey().isEmpty() ? "ai.onnx" : opset.getKey()) + " " + opset.getValue())
                .collect(Collectors.joining(", "));
    }

    /** As the exporter counted them; for other models all elements of the float constants. */
    private static long parameters(Model model, JsonNode description) {
        if (description.has("parameters")) {
            return description.path("parameters").asLong();
        }
        return model.graph().initializers().stream()
                .map(Initializer::data)
                .filter(data -> data.type().dtype().isFloat())
                .mapToLong(data -> data.type().shape().elements())
                .sum();
    }

    private static void printValues(String title, List<NamedType> values, PrintWriter out) {
        out.println();
        out.println(title);
        values.forEach(value -> out.println("  " + value.name() + "  " + value.type()));
    }

    /** Layers of the same attention share a line. */
    private static void printLayers(JsonNode layers, PrintWriter out) {
        if (layers.isEmpty()) {
            return;
        }
        Map<String, List<Integer>> byAttention = new LinkedHashMap<>();
        for (int layer = 0; layer < layers.size(); layer++) {
            byAttention
                    .computeIfAbsent(layers.get(layer).path("attention").asText(), key -> new ArrayList<>())
                    .add(layer);
        }
        out.println();
        out.println("layers");
        byAttention.forEach((attention, numbers) -> out.println("  " + LayerNumbers.text(numbers) + "  " + attention));
    }

    private static void printOperators(Model model, PrintWriter out) {
        Map<String, Long> counts = model.graph().nodes().stream()
                .collect(Collectors.groupingBy(InspectCommand::operator, TreeMap::new, Collectors.counting()));
        out.println();
        out.println("operators");
        counts.forEach((operator, count) -> out.println("  " + operator + " " + count));
        if (!model.functions().isEmpty()) {
            out.println();
            out.println("functions");
            model.functions()
                    .forEach(function -> out.println(
                            "  " + function.id() + "  " + function.nodes().size() + " nodes"));
        }
    }

    private static String operator(Node node) {
        return (node.domain().isEmpty() ? "" : node.domain() + ".") + node.opType();
    }
}

package dev.heddle.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.exporter.onnx.ModelSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@code heddle inspect} finds, for people.
 *
 * @param description what a model of Heddle says of itself; missing for others
 */
record InspectionText(ModelSummary summary, JsonNode description, PrintWriter out) {

    void print(Path file) throws IOException {
        out.println("file        " + file + ", " + Quantity.bytes(Files.size(file)));
        for (ModelSummary.DataFile data : summary.dataFiles()) {
            out.println("weights     " + file.resolveSibling(data.location()) + ", "
                    + (data.problem().isEmpty() ? Quantity.bytes(data.bytes()) : data.problem()));
        }
        out.println(
                "written by  " + summary.producer() + " " + summary.producerVersion() + ", IR " + summary.irVersion());
        out.println("opsets      " + opsets());
        printDescription();
        out.println("parameters  " + parameters());
        printValues("inputs", summary.inputs());
        printValues("outputs", summary.outputs());
        printLayers(description.path("layers"));
        printOperators();
    }

    private String opsets() {
        return summary.opsets().entrySet().stream()
                .map(opset -> (opset.getKey().isEmpty() ? "ai.onnx" : opset.getKey()) + " " + opset.getValue())
                .collect(Collectors.joining(", "));
    }

    private void printDescription() {
        if (description.isMissingNode()) {
            return;
        }
        out.println("model       " + description.path("family").asText() + ", "
                + description.path("layers").size() + " layers, hidden "
                + description.path("hidden_size").asInt() + ", vocabulary "
                + description.path("vocab_size").asInt() + ", cache "
                + description.path("cache").asText());
        out.println("numbers     " + ModelNumerics.of(description).text() + ", for target "
                + description.path("target").asText("not stated"));
        out.println("source      " + description.path("source").asText());
        out.println("genai       " + description.path("genai").asText("not stated"));
    }

    /** As the exporter counted them, and the constants of the file by element type. */
    private String parameters() {
        String byType = summary.parameters().entrySet().stream()
                .map(type ->
                        type.getKey() + " " + Quantity.count(type.getValue().elements()) + " in "
                                + type.getValue().tensors() + ", "
                                + Quantity.bytes(type.getValue().bytes()))
                .collect(Collectors.joining("; "));
        return description.has("parameters")
                ? Quantity.count(description.path("parameters").asLong()) + " (" + byType + ")"
                : byType;
    }

    private void printValues(String title, List<ModelSummary.Value> values) {
        out.println();
        out.println(title);
        values.forEach(value -> out.println("  " + value.name() + "  " + value.type()));
    }

    /** Layers of the same attention share a line. */
    private void printLayers(JsonNode layers) {
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

    private void printOperators() {
        out.println();
        out.println("operators");
        summary.operators().forEach((operator, count) -> out.println("  " + operator + " " + count));
        if (!summary.functions().isEmpty()) {
            out.println();
            out.println("functions");
            for (ModelSummary.Body body : summary.functions()) {
                String operators = body.operators().entrySet().stream()
                        .map(operator -> operator.getKey() + " " + operator.getValue())
                        .collect(Collectors.joining(", "));
                out.println("  " + body.name() + "  " + body.nodes() + " nodes: " + operators);
            }
        }
    }
}

package dev.heddle.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.onnx.ModelSummary;
import java.util.List;
import java.util.Map;

/** What {@code heddle inspect} finds, for programs. */
final class InspectionJson {

    private InspectionJson() {}

    /** @param description what a model of Heddle says of itself; missing for others */
    static ObjectNode of(ModelSummary summary, JsonNode description) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("ir_version", summary.irVersion());
        node.put("producer", summary.producer());
        node.put("producer_version", summary.producerVersion());
        putAll(node.putObject("opsets"), summary.opsets());
        values(node.putArray("inputs"), summary.inputs());
        values(node.putArray("outputs"), summary.outputs());
        putAll(node.putObject("operators"), summary.operators());
        ArrayNode functions = node.putArray("functions");
        for (ModelSummary.Body body : summary.functions()) {
            ObjectNode function = functions.addObject();
            function.put("name", body.name());
            function.put("nodes", body.nodes());
            putAll(function.putObject("operators"), body.operators());
        }
        ObjectNode parameters = node.putObject("parameters");
        summary.parameters().forEach((type, found) -> parameters
                .putObject(type)
                .put("tensors", found.tensors())
                .put("elements", found.elements())
                .put("bytes", found.bytes()));
        ArrayNode files = node.putArray("data_files");
        for (ModelSummary.DataFile file : summary.dataFiles()) {
            files.addObject()
                    .put("location", file.location())
                    .put("bytes", file.bytes())
                    .put("tensors", file.tensors())
                    .put("problem", file.problem());
        }
        if (!description.isMissingNode()) {
            node.set("heddle", description);
        }
        return node;
    }

    private static void putAll(ObjectNode node, Map<String, Long> numbers) {
        numbers.forEach((name, number) -> node.put(name.isEmpty() ? "ai.onnx" : name, number.longValue()));
    }

    private static void values(ArrayNode node, List<ModelSummary.Value> values) {
        values.forEach(value -> node.addObject().put("name", value.name()).put("type", value.type()));
    }
}

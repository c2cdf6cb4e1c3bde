package dev.heddle.models.layout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.CheckpointFile;
import java.util.Locale;

/**
 * A plan as a model says it of itself: {@code {"companions": {path: name}, "kept": [tensor], "whole": true, "files": [{"path", "format", "tensors":
 * {name: [type, axis, ...]}, "pieces": [2016, "tensor", ...]}]}}; a number is a count of bytes that are no tensor.
 */
public final class PlanJson {

    private PlanJson() {}

    public static ObjectNode write(SourcePlan plan) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ObjectNode companions = node.putObject("companions");
        plan.companions().forEach(companions::put);
        ArrayNode kept = node.putArray("kept");
        plan.kept().forEach(kept::add);
        node.put("whole", plan.whole());
        ArrayNode files = node.putArray("files");
        plan.files().forEach(file -> write(file, files.addObject()));
        return node;
    }

    private static void write(FilePlan file, ObjectNode node) {
        node.put("path", file.path());
        node.put("format", name(file.format()));
        ObjectNode tensors = node.putObject("tensors");
        file.tensors().forEach((name, type) -> write(type, tensors.putArray(name)));
        ArrayNode pieces = node.putArray("pieces");
        for (Piece piece : file.pieces()) {
            if (piece instanceof Piece.Bytes bytes) {
                pieces.add(bytes.count());
            } else if (piece instanceof Piece.Elements elements) {
                pieces.add(elements.tensor());
            }
        }
    }

    private static void write(TensorType type, ArrayNode node) {
        node.add(type.dtype().onnxName());
        for (long length : type.shape().lengths()) {
            node.add(length);
        }
    }

    static String name(CheckpointFile.Format format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    /** @throws dev.heddle.models.checkpoint.ModelFormatException if it is no plan */
    public static SourcePlan read(JsonNode node) {
        return new PlanReader().plan(node);
    }
}

package dev.heddle.models.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.CheckpointFile;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.checkpoint.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads a plan, which comes from a file that anybody may have written. Not for reuse. */
final class PlanReader {

    /** A plain name, or one in a plain folder; hidden files are none of a source's. */
    private static final Pattern PATH = Pattern.compile("([\\w-][\\w.+=-]*/)?[\\w-][\\w.+ =-]*");

    private static final int MOST_AXES = 16;

    private final Set<String> paths = new HashSet<>();
    private final Map<String, TensorType> tensors = new TreeMap<>();
    private final Set<String> placed = new HashSet<>();

    SourcePlan plan(JsonNode node) {
        SortedMap<String, String> companions = new TreeMap<>();
        node.path("companions")
                .properties()
                .forEach(entry -> companions.put(newPath(entry.getKey()), name(entry.getValue())));
        List<FilePlan> files = new ArrayList<>();
        node.path("files").forEach(file -> files.add(file(file)));
        if (files.isEmpty() || !node.path("whole").isBoolean()) {
            throw refused("files and whole", node.isMissingNode() ? "nothing" : "something else");
        }
        SortedSet<String> kept = new TreeSet<>();
        node.path("kept").forEach(tensor -> kept.add(known(tensor)));
        return new SourcePlan(companions, files, kept, node.path("whole").booleanValue());
    }

    private FilePlan file(JsonNode node) {
        String path = newPath(node.path("path").asText());
        Map<String, TensorType> own = new LinkedHashMap<>();
        node.path("tensors").properties().forEach(entry -> own.put(entry.getKey(), type(entry)));
        own.forEach((name, type) -> {
            if (tensors.put(name, type) != null) {
                throw refused("each tensor in one file", Printable.of(name) + " in two");
            }
        });
        List<Piece> pieces = new ArrayList<>();
        node.path("pieces").forEach(piece -> pieces.add(piece(piece, own)));
        return new FilePlan(path, format(node.path("format").asText()), own, pieces);
    }

    private Piece piece(JsonNode node, Map<String, TensorType> own) {
        if (node.isIntegralNumber() && node.canConvertToLong() && node.longValue() > 0) {
            return new Piece.Bytes(node.longValue());
        }
        if (node.isTextual() && own.containsKey(node.textValue()) && placed.add(node.textValue())) {
            return new Piece.Elements(node.textValue());
        }
        throw refused("pieces of a number of bytes, or of a tensor of the file, once each", node.toString());
    }

    private static TensorType type(Map.Entry<String, JsonNode> entry) {
        JsonNode node = entry.getValue();
        DType dtype = Arrays.stream(DType.values())
                .filter(type -> type.onnxName().equals(node.path(0).asText()))
                .findFirst()
                .orElseThrow(() -> refused("the element type of " + entry.getKey(), node.toString()));
        if (node.size() - 1 > MOST_AXES) {
            throw refused("at most " + MOST_AXES + " axes of " + entry.getKey(), Integer.toString(node.size() - 1));
        }
        long[] lengths = new long[node.size() - 1];
        for (int axis = 0; axis < lengths.length; axis++) {
            JsonNode length = node.path(axis + 1);
            if (!length.isIntegralNumber() || !length.canConvertToLong() || length.longValue() < 0) {
                throw refused("the shape of " + entry.getKey(), node.toString());
            }
            lengths[axis] = length.longValue();
        }
        return new TensorType(dtype, Shape.of(lengths));
    }

    private static CheckpointFile.Format format(String name) {
        return Arrays.stream(CheckpointFile.Format.values())
                .filter(format -> PlanJson.name(format).equals(name))
                .findFirst()
                .orElseThrow(() -> refused("the format of a file", name));
    }

    private String known(JsonNode tensor) {
        if (!tensors.containsKey(tensor.asText())) {
            throw refused("kept tensors that a file has", tensor.toString());
        }
        return tensor.asText();
    }

    private String newPath(String path) {
        if (!PATH.matcher(path).matches() || !paths.add(path)) {
            throw refused("names of files, each once, at most one folder deep", path);
        }
        return path;
    }

    private static String name(JsonNode node) {
        if (!PATH.matcher(node.asText()).matches() || node.asText().contains("/")) {
            throw refused("names of files beside the model", node.toString());
        }
        return node.asText();
    }

    private static ModelFormatException refused(String expected, String got) {
        return new ModelFormatException("metadata heddle, checkpoint: expected " + Printable.of(expected) + ", got "
                + Printable.of(got) + "; export the source again");
    }
}

package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.ShortestDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints a model in ONNX's textual syntax, as {@code onnx.printer.to_text} prints the file that {@link ModelWriter} would write, but with one value to a line in the
 * graph's header, so that a changed value is one changed line. {@code onnx.parser.parse_model} reads it; it has no docs.
 */
public final class GraphText {

    private static final String INDENT = "   ";

    private GraphText() {}

    public static String of(Model model) {
        StringBuilder text = new StringBuilder("<\n");
        text.append(INDENT).append("ir_version: ").append(model.irVersion());
        entry(text, "opset_import", model.opsets().entrySet().stream().map(GraphText::opset), ", ");
        text.append(",\n").append(INDENT).append("producer_name: ").append(TextNames.quoted(model.producer()));
        text.append(",\n")
                .append(INDENT)
                .append("producer_version: ")
                .append(TextNames.quoted(model.producerVersion()));
        if (!model.metadata().isEmpty()) {
            Stream<String> metadata = model.metadata().entrySet().stream()
                    .map(entry -> TextNames.quoted(entry.getKey()) + ": " + TextNames.quoted(entry.getValue()));
            entry(text, "metadata_props", metadata, ", ");
        }
        text.append("\n>\n");
        append(text, model.graph());
        model.functions().forEach(function -> append(text, function, model.opsets()));
        return text.toString();
    }

    private static void entry(StringBuilder text, String key, Stream<String> values, String separator) {
        text.append(",\n").append(INDENT).append(key).append(": ");
        text.append(values.collect(Collectors.joining(separator, "[", "]")));
    }

    private static String opset(Map.Entry<String, Integer> opset) {
        return TextNames.quoted(opset.getKey()) + " : " + opset.getValue();
    }

    private static void append(StringBuilder text, Graph graph) {
        text.append(TextNames.id(graph.name())).append(" ");
        text.append(block("(", graph.inputs().stream().map(GraphText::value), ")"));
        text.append(" => ");
        text.append(block("(", graph.outputs().stream().map(GraphText::value), ")"));
        WeightPlaces places = WeightPlaces.of(graph);
        Stream<String> initializers = graph.initializers().stream().map(weight -> initializer(weight, places));
        Stream<String> values = graph.values().stream().map(GraphText::value);
        if (!graph.initializers().isEmpty() || !graph.values().isEmpty()) {
            text.append("\n").append(INDENT).append(block("<", Stream.concat(initializers, values), ">"));
        }
        text.append("\n");
        append(text, graph.nodes());
    }

    private static String block(String open, Stream<String> lines, String close) {
        return lines.collect(Collectors.joining(",\n" + INDENT + INDENT, open + "\n" + INDENT + INDENT, close));
    }

    private static String value(NamedType value) {
        return value.type().dtype().onnxName() + shape(value.type().shape()) + " " + TextNames.id(value.name());
    }

    private static String shape(Shape shape) {
        return shape.rank() == 0
                ? ""
                : shape.dims().stream().map(GraphText::dim).collect(Collectors.joining(",", "[", "]"));
    }

    private static String dim(Dim dim) {
        return dim.isFixed() ? dim.toString() : TextNames.id(dim.toString());
    }

    private static String initializer(Initializer weight, WeightPlaces places) {
        String declaration = value(new NamedType(weight.name(), weight.data().type()));
        return places.find(weight.name())
                .map(place -> declaration + " = [\"location\": " + TextNames.quoted(place.location())
                        + ", \"offset\": \"" + place.offset() + "\", \"length\": \""
                        + weight.data().byteCount() + "\"]")
                .orElseGet(() -> declaration + " = " + TextNumbers.elements(weight.data()));
    }

    private static void append(StringBuilder text, Function function, Map<String, Integer> opsets) {
        text.append("<\n  domain: ")
                .append(TextNames.quoted(function.id().domain()))
                .append(",\n");
        if (!function.id().overload().isEmpty()) {
            text.append("  overload: ")
                    .append(TextNames.quoted(function.id().overload()))
                    .append(",\n");
        }
        Stream<String> imports = opsets.entrySet().stream()
                .filter(opset -> ProtoFunctions.domains(function).contains(opset.getKey()))
                .map(GraphText::opset);
        text.append(imports.collect(Collectors.joining(",", "  opset_import: [", "]\n>\n")));
        text.append(TextNames.id(function.id().name())).append(" ");
        if (!function.attributes().isEmpty()) {
            text.append(function.attributes().stream().collect(Collectors.joining(",", "<", ">")));
        }
        text.append(ids("(", function.inputs(), ")")).append(" => ");
        text.append(ids("(", function.outputs(), ")")).append("\n");
        append(text, function.nodes());
    }

    private static void append(StringBuilder text, List<Node> nodes) {
        text.append("{\n");
        nodes.forEach(node -> text.append(INDENT).append(line(node)).append("\n"));
        text.append("}\n");
    }

    private static String line(Node node) {
        String label = node.name().isEmpty() ? "" : "[" + TextNames.id(node.name()) + "] ";
        String domain = node.domain().isEmpty() ? "" : node.domain() + ".";
        String overload = node.overload().isEmpty() ? "" : ":" + node.overload();
        String attributes = node.attributes().isEmpty()
                ? ""
                : node.attributes().entrySet().stream()
                        .map(entry -> attribute(entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining(", ", " <", ">"));
        return label + ids("", node.outputs(), "") + " = " + domain + node.opType() + overload + attributes
                + ids(" (", node.inputs(), ")");
    }

    private static String ids(String open, List<String> names, String close) {
        return names.stream().map(TextNames::id).collect(Collectors.joining(", ", open, close));
    }

    private static String attribute(String name, Attribute value) {
        String declaration = name + ": "
                + switch (value.type()) {
                    case INT -> "int";
                    case FLOAT -> "float";
                    case STRING -> "string";
                    case INTS -> "ints";
                    case FLOATS -> "floats";
                    case TENSOR -> "tensor";
                }
                + " = ";
        return declaration + content(value);
    }

    private static String content(Attribute value) {
        if (value instanceof Attribute.Int number) {
            return Long.toString(number.value());
        }
        if (value instanceof Attribute.Real number) {
            return ShortestDecimal.of(number.value());
        }
        if (value instanceof Attribute.Text text) {
            return TextNames.quoted(text.value());
        }
        if (value instanceof Attribute.Ints numbers) {
            return numbers.values().toString();
        }
        if (value instanceof Attribute.Tensor tensor) {
            return tensor.value().type().dtype().onnxName()
                    + shape(tensor.value().type().shape()) + " " + TextNumbers.elements(tensor.value());
        }
        return "@" + ((Attribute.Reference) value).name();
    }
}

package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionId;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Small models of which something is wrong, and what the checker says of them. */
final class CheckedModels {

    static final TensorType ROWS = new TensorType(DType.FLOAT32, Shape.of(Dim.of("batch"), Dim.of(4)));
    static final NamedType X = new NamedType("x", ROWS);
    static final NamedType Y = new NamedType("y", ROWS);
    static final FunctionId TWICE = new FunctionId("test.ops", "Twice", "");

    private CheckedModels() {}

    static void expect(Model model, String... findings) {
        assertThat(texts(model)).containsExactly(findings);
    }

    static List<String> texts(Model model) {
        return ModelChecker.check(model).stream().map(Finding::text).toList();
    }

    static Node node(String name, String opType, String input, String output) {
        return new Node(name, "", opType, "", List.of(input), List.of(output), new TreeMap<>(), "");
    }

    static Node call(String name, Map<String, Attribute> attributes) {
        return new Node(name, "test.ops", "Twice", "", List.of("x"), List.of("y"), new TreeMap<>(attributes), "");
    }

    static Node call(String name, String input, String output) {
        return new Node(name, "test.ops", "Twice", "", List.of(input), List.of(output), new TreeMap<>(), "");
    }

    static Function function(Node body) {
        return new Function(TWICE, List.of("in"), List.of("out"), List.of(), List.of(body), "");
    }

    static Graph graphOf(Node node) {
        return new Graph("g", List.of(X), List.of(Y), List.of(), List.of(node), List.of());
    }

    static Model model(List<Node> nodes) {
        return model(new Graph("g", List.of(X), List.of(Y), List.of(), nodes, List.of()), List.of());
    }

    static Model model(Graph graph, List<Function> functions) {
        TreeMap<String, Integer> opsets = new TreeMap<>(Map.of("", 23, "test.ops", 1));
        return new Model(graph, functions, opsets, 10, "p", "v", new TreeMap<>());
    }

    static Model withOpset(Model model, int opset) {
        TreeMap<String, Integer> opsets = new TreeMap<>(Map.of("", opset));
        return new Model(model.graph(), model.functions(), opsets, 10, "p", "v", new TreeMap<>());
    }
}

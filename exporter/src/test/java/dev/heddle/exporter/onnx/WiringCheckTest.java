package dev.heddle.exporter.onnx;

import static dev.heddle.exporter.onnx.CheckedModels.ROWS;
import static dev.heddle.exporter.onnx.CheckedModels.X;
import static dev.heddle.exporter.onnx.CheckedModels.Y;
import static dev.heddle.exporter.onnx.CheckedModels.call;
import static dev.heddle.exporter.onnx.CheckedModels.expect;
import static dev.heddle.exporter.onnx.CheckedModels.function;
import static dev.heddle.exporter.onnx.CheckedModels.graphOf;
import static dev.heddle.exporter.onnx.CheckedModels.model;
import static dev.heddle.exporter.onnx.CheckedModels.node;
import static dev.heddle.exporter.onnx.CheckedModels.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.ops.OpSchema.AttributeType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class WiringCheckTest {

    @Test
    void input_madeLater_isFound() {
        expect(
                model(List.of(node("n", "Neg", "z", "y"), node("m", "Neg", "x", "z"))),
                "Neg at n: input z is made by this or a later node");
    }

    @Test
    void values_madeTwice_areFound() {
        expect(
                model(List.of(node("n", "Neg", "x", "y"), node("m", "Neg", "x", "y"), node("o", "Neg", "x", "x"))),
                "Neg at m: output y exists already",
                "Neg at o: output x exists already");
    }

    @Test
    void nodes_withOneName_areFound() {
        expect(
                model(List.of(node("n", "Neg", "x", "z"), node("n", "Neg", "z", "y"))),
                "Neg at n: the name is taken by another node");
    }

    @Test
    void node_withoutNameOrOutput_isFound() {
        expect(
                model(List.of(node("", "Neg", "x", "y"), node("m", "Neg", "x", ""))),
                "Neg at y: has no name",
                "Neg at m: has no output");
    }

    @Test
    void initializer_withTheNameOfAnInput_isFound() {
        Graph graph = new Graph(
                "g",
                List.of(X),
                List.of(Y),
                List.of(new Initializer("x", Literal.int64(1))),
                List.of(node("n", "Neg", "x", "y")),
                List.of());

        assertThat(texts(model(graph, List.of())))
                .contains("initializer x: the name is taken by another input or initializer");
    }

    @Test
    void outputs_thatAreMissingOrDouble_areFound() {
        Graph graph = new Graph(
                "g",
                List.of(X),
                List.of(Y, Y, new NamedType("z", ROWS)),
                List.of(),
                List.of(node("n", "Neg", "x", "y")),
                List.of());

        expect(
                model(graph, List.of()),
                "output y: is given more than once",
                "output z: is not made by any node",
                "value z: has a type, but nothing makes the value");
    }

    @Test
    void nodes_thatNothingNeeds_areAllFound() {
        expect(
                model(List.of(node("n", "Neg", "x", "y"), node("a", "Neg", "x", "b"), node("c", "Neg", "b", "d"))),
                "Neg at a: its result is never used",
                "Neg at c: its result is never used");
    }

    @Test
    void inputsAndInitializers_thatNothingNeeds_areFound() {
        Graph graph = new Graph(
                "g",
                List.of(X, new NamedType("z", ROWS)),
                List.of(Y),
                List.of(new Initializer("w", Literal.int64(1))),
                List.of(node("n", "Neg", "x", "y")),
                List.of());

        expect(model(graph, List.of()), "input z: is never used", "initializer w: is never used");
        assertThat(ModelChecker.check(model(graph, List.of())))
                .extracting(Finding::severity)
                .containsOnly(Finding.Severity.WARNING);
    }

    @Test
    void body_thatIsWiredWrong_isFound() {
        Node body = new Node(
                "f",
                "",
                "Softmax",
                "",
                List.of("nowhere"),
                List.of("other"),
                new TreeMap<>(Map.of("axis", new Attribute.Reference("factor", AttributeType.INT))),
                "");
        Model model = model(graphOf(call("n", Map.of())), List.of(function(body)));

        expect(
                model,
                "function test.ops.Twice: Softmax at f: input nowhere does not exist",
                "function test.ops.Twice: Softmax at f: attribute axis refers to 'factor', declared: []",
                "function test.ops.Twice: output out: is not made by any node");
    }
}

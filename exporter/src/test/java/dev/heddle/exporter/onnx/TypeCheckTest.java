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
import static dev.heddle.exporter.onnx.CheckedModels.withOpset;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionId;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.ops.CustomOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class TypeCheckTest {

    @Test
    void operator_thatIsUnknown_leavesTheRestChecked() {
        NamedType stated = new NamedType("z", new TensorType(DType.BOOL, Shape.of(Dim.of("batch"), Dim.of(4))));
        Graph graph = new Graph(
                "g",
                List.of(X),
                List.of(Y),
                List.of(),
                List.of(node("n", "Erf", "x", "z"), node("m", "Neg", "z", "a"), node("o", "Not", "x", "y")),
                List.of(stated));

        assertThat(texts(model(graph, List.of())))
                .contains(
                        "Erf at n: the operator .Erf is not known here, types after it are taken as stated",
                        "Not at o: input must be bool, got float[batch,4]");
    }

    @Test
    void attribute_thatIsNotDeclared_endsTheInference() {
        Node node = new Node(
                "n",
                "",
                "Gather",
                "",
                List.of("x", "x"),
                List.of("y"),
                new TreeMap<>(Map.of("batch_dims", new Attribute.Int(1))),
                "");

        expect(
                model(List.of(node)),
                "Gather at n: attribute batch_dims is not known here, types after it are taken as stated");
    }

    @Test
    void operator_ofANewerOpset_isFound() {
        Model model = model(List.of(node("n", "RMSNormalization", "x", "y")));

        expect(withOpset(model, 21), "RMSNormalization at n: exists since opset 23, the model is written for 21");
    }

    @Test
    void opset_thatIsNotCovered_isFoundOnce() {
        Model model = model(List.of(node("n", "Neg", "x", "z"), node("m", "Neg", "z", "y")));

        expect(withOpset(model, 17), "model: types are checked for opset 21 to 23, the model imports 17");
    }

    @Test
    void call_thatDoesNotFit_isFound() {
        expect(model(List.of(node("n", "Add", "x", "y"))), "Add at n: input B is missing");
    }

    @Test
    void numbers_thatOverflow_areFound() {
        TensorType huge = new TensorType(DType.FLOAT32, Shape.of(Dim.of(1L << 40), Dim.of(1L << 40)));
        Node reshape = new Node("n", "", "Reshape", "", List.of("x", "s"), List.of("y"), new TreeMap<>(), "");
        Graph graph = new Graph(
                "g",
                List.of(new NamedType("x", huge)),
                List.of(Y),
                List.of(new Initializer("s", Literal.int64s(-1))),
                List.of(reshape),
                List.of());

        expect(model(graph, List.of()), "Reshape at n: its numbers are too large");
    }

    @Test
    void axis_thatWouldBeNegative_isFound() {
        Node pad = new Node("n", "", "Pad", "", List.of("x", "pads"), List.of("y"), new TreeMap<>(), "");
        Graph graph = new Graph(
                "g",
                List.of(X),
                List.of(Y),
                List.of(new Initializer("pads", Literal.int64s(0, 0, 0, -5))),
                List.of(pad),
                List.of());

        expect(model(graph, List.of()), "Pad at n: would give float[batch,-1]");
    }

    @Test
    void types_thatAreStatedWrong_areFound() {
        NamedType wrong = new NamedType("z", TensorType.of(DType.FLOAT32, 2, 4));
        Graph graph = new Graph(
                "g",
                List.of(X),
                List.of(new NamedType("y", new TensorType(DType.INT64, ROWS.shape()))),
                List.of(),
                List.of(node("n", "Neg", "x", "z"), node("m", "Neg", "z", "y")),
                List.of(wrong));

        expect(
                model(graph, List.of()),
                "value z: stated as float[2,4], inferred as float[batch,4]",
                "value y: stated as int64[batch,4], inferred as float[batch,4]");
    }

    @Test
    void axes_thatTheFileLeavesOpen_agreeWithAnything() {
        NamedType open = new NamedType("z", new TensorType(DType.FLOAT32, Shape.of(Dim.of("z.dim0"), Dim.of(4))));
        Graph graph = new Graph(
                "g",
                List.of(X),
                List.of(Y),
                List.of(),
                List.of(node("n", "Neg", "x", "z"), node("m", "Neg", "z", "y")),
                List.of(open));

        expect(model(graph, List.of()));
    }

    @Test
    void body_isTypedForEachCall() {
        NamedType flag = new NamedType("flag", TensorType.of(DType.BOOL, 1));
        Graph graph = new Graph(
                "g",
                List.of(X, flag),
                List.of(Y, new NamedType("z", flag.type())),
                List.of(),
                List.of(call("n", Map.of()), call("m", "flag", "z")),
                List.of());

        expect(
                model(graph, List.of(function(node("f", "Sigmoid", "in", "out")))),
                "Twice at m: Sigmoid at f: input must be of a float type, got bool[1]");
    }

    @Test
    void call_thatDoesNotFitItsFunction_isFound() {
        Function function = function(node("f", "Neg", "in", "out"));
        Node tooMany = new Node("m", "test.ops", "Twice", "", List.of("x", "x"), List.of("z"), new TreeMap<>(), "");
        Graph graph = new Graph(
                "g",
                List.of(X),
                List.of(Y, new NamedType("z", ROWS)),
                List.of(),
                List.of(call("n", Map.of("num_head", new Attribute.Int(1))), tooMany),
                List.of());

        expect(
                model(graph, List.of(function)),
                "Twice at n: unknown attribute 'num_head', declared: []",
                "Twice at m: the function has 1 inputs and 1 outputs, got 2 and 1");
    }

    @Test
    void function_thatCallsItself_isFound() {
        Node self = new Node("f", "test.ops", "Twice", "", List.of("in"), List.of("out"), new TreeMap<>(), "");

        expect(
                model(graphOf(call("n", Map.of())), List.of(function(self))),
                "Twice at n: " + "Twice at f: ".repeat(15) + "Twice at f: functions call each other more than 16 deep");
    }

    /** Each function calls the next four times, so typing every call anew would take a billion steps. */
    @Test
    @Timeout(30)
    void functions_thatMultiply_areTypedOnceForEachKindOfCall() {
        List<Function> functions = new ArrayList<>();
        for (int level = 0; level < 15; level++) {
            List<Node> body = new ArrayList<>();
            for (int call = 0; call < 4; call++) {
                String input = call == 0 ? "in" : "v" + (call - 1);
                String output = call == 3 ? "out" : "v" + call;
                body.add(
                        level == 14
                                ? node("f" + call, "Neg", input, output)
                                : new Node(
                                        "f" + call,
                                        "test.ops",
                                        "F" + (level + 1),
                                        "",
                                        List.of(input),
                                        List.of(output),
                                        new TreeMap<>(),
                                        ""));
            }
            FunctionId id = new FunctionId("test.ops", "F" + level, "");
            functions.add(new Function(id, List.of("in"), List.of("out"), List.of(), body, ""));
        }
        Node call = new Node("n", "test.ops", "F0", "", List.of("x"), List.of("y"), new TreeMap<>(), "");

        expect(model(graphOf(call), functions));
    }

    @Test
    void operatorOfOurs_withAnUnknownAttribute_isFound() {
        Node node = new Node(
                "n",
                CustomOps.DOMAIN,
                "KVShift",
                "",
                List.of("x", "x", "x"),
                List.of("y"),
                new TreeMap<>(Map.of("taps", new Attribute.Int(2))),
                "");
        Model model = model(List.of(node));
        TreeMap<String, Integer> opsets = new TreeMap<>(Map.of("", 23, CustomOps.DOMAIN, 1));

        expect(
                new Model(model.graph(), List.of(), opsets, 10, "p", "v", new TreeMap<>()),
                "KVShift at n: unknown attribute 'taps', declared: []");
    }
}

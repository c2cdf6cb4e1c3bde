package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionId;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.SampleGraphs;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.ops.CustomOps;
import dev.heddle.ops.OpSchema.AttributeType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ModelCheckerTest {

    private static final TensorType ROWS = new TensorType(DType.FLOAT32, Shape.of(Dim.of("batch"), Dim.of(4)));
    private static final NamedType X = new NamedType("x", ROWS);
    private static final NamedType Y = new NamedType("y", ROWS);
    private static final FunctionId TWICE = new FunctionId("test.ops", "Twice", "");

    @ParameterizedTest
    @EnumSource(FunctionStyle.class)
    void model_thatWasBuilt_hasNoFindings(FunctionStyle style) {
        assertThat(ModelChecker.check(SampleGraphs.scaledLinear(style))).isEmpty();
    }

    @Test
    void require_ofAModelWithAnError_throwsIt() {
        Model model = model(List.of(node("n", "Neg", "nowhere", "y")));

        assertThatThrownBy(() -> ModelChecker.require(model))
                .isInstanceOf(GraphException.class)
                .hasMessage("Neg at n: input nowhere does not exist");
    }

    @Test
    void require_ofAModelWithAWarning_doesNothing() {
        ModelChecker.require(model(List.of(node("n", "Neg", "x", "y"), node("m", "Neg", "x", "z"))));
    }

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
    void domain_withoutOpset_isFound() {
        Node node = new Node("n", "com.other", "Op", "", List.of("x"), List.of("y"), new TreeMap<>(), "");

        expect(
                model(List.of(node)),
                "model: nodes use domain 'com.other', imported are opsets of [, test.ops]",
                "Op at n: the operator com.other.Op is not known here, types after it are taken as stated");
    }

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
    void functions_withOneId_areFound() {
        Function function = function(node("f", "Neg", "in", "out"));

        expect(
                model(graphOf(call("n", Map.of())), List.of(function, function)),
                "function test.ops.Twice: is given more than once");
    }

    @Test
    void overload_inAnOldModel_isFound() {
        Function function = new Function(
                new FunctionId("test.ops", "Twice", "fast"),
                List.of("in"),
                List.of("out"),
                List.of(),
                List.of(node("f", "Neg", "in", "out")),
                "");
        Model model = model(graphOf(node("n", "Neg", "x", "y")), List.of(function));
        Model old = new Model(model.graph(), model.functions(), model.opsets(), 9, "p", "v", new TreeMap<>());

        expect(old, "function test.ops.Twice:fast: overloads need IR version 10, the model has 9");
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

        assertThat(texts(model(graphOf(call("n", Map.of())), List.of(function(self)))))
                .singleElement()
                .asString()
                .startsWith("Twice at n: Twice at f: ")
                .endsWith("Twice at f: functions call each other more than 16 deep");
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

    private static void expect(Model model, String... findings) {
        assertThat(texts(model)).containsExactly(findings);
    }

    private static List<String> texts(Model model) {
        return ModelChecker.check(model).stream().map(Finding::text).toList();
    }

    private static Node node(String name, String opType, String input, String output) {
        return new Node(name, "", opType, "", List.of(input), List.of(output), new TreeMap<>(), "");
    }

    private static Node call(String name, Map<String, Attribute> attributes) {
        return new Node(name, "test.ops", "Twice", "", List.of("x"), List.of("y"), new TreeMap<>(attributes), "");
    }

    private static Node call(String name, String input, String output) {
        return new Node(name, "test.ops", "Twice", "", List.of(input), List.of(output), new TreeMap<>(), "");
    }

    private static Function function(Node body) {
        return new Function(TWICE, List.of("in"), List.of("out"), List.of(), List.of(body), "");
    }

    private static Graph graphOf(Node node) {
        return new Graph("g", List.of(X), List.of(Y), List.of(), List.of(node), List.of());
    }

    private static Model model(List<Node> nodes) {
        return model(new Graph("g", List.of(X), List.of(Y), List.of(), nodes, List.of()), List.of());
    }

    private static Model model(Graph graph, List<Function> functions) {
        TreeMap<String, Integer> opsets = new TreeMap<>(Map.of("", 23, "test.ops", 1));
        return new Model(graph, functions, opsets, 10, "p", "v", new TreeMap<>());
    }

    private static Model withOpset(Model model, int opset) {
        TreeMap<String, Integer> opsets = new TreeMap<>(Map.of("", opset));
        return new Model(model.graph(), model.functions(), opsets, 10, "p", "v", new TreeMap<>());
    }
}

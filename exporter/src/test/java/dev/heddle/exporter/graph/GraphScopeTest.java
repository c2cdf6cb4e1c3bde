package dev.heddle.exporter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.ops.OpSchema;
import dev.heddle.ops.OpSchema.AttributeType;
import dev.heddle.ops.OpSchema.Parameter;
import dev.heddle.ops.OpSchema.Presence;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GraphScopeTest {

    private static final OpSchema PAIR = new OpSchema(
            "test.ops",
            "Pair",
            1,
            "",
            List.of(
                    new Parameter("a", Presence.REQUIRED, ""),
                    new Parameter("b", Presence.OPTIONAL, ""),
                    new Parameter("c", Presence.OPTIONAL, "")),
            List.of(new Parameter("y", Presence.REQUIRED, ""), new Parameter("z", Presence.OPTIONAL, "")),
            List.of(
                    new OpSchema.Attribute("num_heads", AttributeType.INT, Presence.REQUIRED, ""),
                    new OpSchema.Attribute("scale", AttributeType.FLOAT, Presence.OPTIONAL, "")));

    private static final Map<String, Attribute> HEADS = Map.of("num_heads", new Attribute.Int(2));

    private final GraphBuilder graph = new GraphBuilder("g", 23, FunctionStyle.FUNCTION);
    private final Value x = graph.input("x", TensorType.of(DType.FLOAT32, 2));
    private final OnnxOps ops = new OnnxOps(graph.root().child("layers.0.attention"));

    private List<Value> pair(List<String> roles, List<Value> inputs, Map<String, Attribute> attributes) {
        return ops.scope().call(PAIR, "", roles, inputs, attributes, GraphScopeTest::negated);
    }

    private static List<Value> negated(GraphScope scope, List<Value> inputs) {
        return List.of(new OnnxOps(scope).neg("negated", inputs.get(0)));
    }

    private static void refuses(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(GraphException.class).hasMessage(message);
    }

    @Test
    void value_isNamedByPathAndRole() {
        assertThat(ops.neg("q", x)).hasToString("layers.0.attention.q: float[2]");
    }

    @Test
    void value_ofARoleThatIsTaken_getsANumber() {
        ops.neg("q", x);

        assertThat(ops.neg("q", x).name()).isEqualTo("layers.0.attention.q_2");
    }

    @Test
    void constants_thatAreEqual_areOneValue() {
        assertThat(ops.integers(1, 2)).isSameAs(ops.integers(1, 2));
        assertThat(ops.integers(1, 2).name()).isEqualTo("const_i64s_1_2");
    }

    @Test
    void cast_toTheSameType_isTheValueItself() {
        assertThat(ops.cast("wide", x, DType.FLOAT32)).isSameAs(x);
    }

    @Test
    void call_withAnUndeclaredAttribute_namesTheDeclaredOnes() {
        refuses(
                () -> pair(List.of("y"), List.of(x), Map.of("num_head", new Attribute.Int(2))),
                "Pair at layers.0.attention.y: unknown attribute 'num_head', declared: [num_heads, scale]");
    }

    @Test
    void call_withAnAttributeOfAnotherType_isRefused() {
        refuses(
                () -> pair(List.of("y"), List.of(x), Map.of("num_heads", new Attribute.Real(2))),
                "Pair at layers.0.attention.y: attribute num_heads must be INT, got FLOAT");
    }

    @Test
    void call_withoutARequiredAttribute_isRefused() {
        refuses(
                () -> pair(List.of("y"), List.of(x), Map.of()),
                "Pair at layers.0.attention.y: attribute num_heads is missing");
    }

    @Test
    void call_withoutARequiredInput_isRefused() {
        refuses(
                () -> pair(List.of("y"), List.of(Value.ABSENT, x), HEADS),
                "Pair at layers.0.attention.y: input a is missing");
    }

    @Test
    void call_withTooManyInputs_isRefused() {
        refuses(
                () -> pair(List.of("y"), List.of(x, x, x, x), HEADS),
                "Pair at layers.0.attention.y: takes at most 3 inputs, got 4");
    }

    @Test
    void call_withTooManyOutputs_isRefused() {
        refuses(
                () -> pair(List.of("y", "z", "more"), List.of(x), HEADS),
                "Pair at layers.0.attention.y: has 1 to 2 outputs, got 3");
    }

    @Test
    void call_withAValueOfAnotherGraph_isRefused() {
        Value foreign = new GraphBuilder("h", 23, FunctionStyle.INLINE).input("far", TensorType.of(DType.FLOAT32, 2));

        refuses(
                () -> ops.neg("q", foreign),
                "Neg at layers.0.attention.q: input far belongs to another graph; pass it as an input of the function");
    }

    @Test
    void call_ofANewerOperator_isRefused() {
        GraphBuilder older = new GraphBuilder("h", 21, FunctionStyle.INLINE);
        Value input = older.input("x", TensorType.of(DType.FLOAT32, 1, 4));
        Value scale = older.weight("w", new SampleGraphs.Counting(TensorType.of(DType.FLOAT32, 4)));

        refuses(
                () -> new OnnxOps(older.root()).rmsNormalization("out", input, scale, 1e-5f),
                "RMSNormalization at out: exists since opset 23, the model is written for 21");
    }

    @Test
    void body_withOtherOutputsThanTheCall_isRefused() {
        refuses(() -> pair(List.of("y", "z"), List.of(x), HEADS), "test.ops.Pair: the body must give 2 outputs, got 1");
    }

    @Test
    void body_thatUsesAnOutputsName_isRefused() {
        FunctionBody body = (scope, inputs) -> {
            Value y = new OnnxOps(scope).neg("y", inputs.get(0));
            return List.of(new OnnxOps(scope).neg("negated", y));
        };

        refuses(
                () -> ops.scope().call(PAIR, "", List.of("y"), List.of(x), HEADS, body),
                "test.ops.Pair: the body uses the name of output y for another value");
    }

    @Test
    void bodies_thatDifferForOneOverload_areRefused() {
        pair(List.of("y"), List.of(x), HEADS);
        FunctionBody other = (scope, inputs) -> List.of(new OnnxOps(scope).sqrt("root", inputs.get(0)));

        refuses(
                () -> ops.scope().call(PAIR, "", List.of("y"), List.of(x), HEADS, other),
                "test.ops.Pair: two calls need different bodies; the overload must say all that the body depends on");
    }

    @ParameterizedTest
    @EnumSource(FunctionStyle.class)
    void body_thatAsksForAnAttributeNotGiven_isRefused(FunctionStyle style) {
        GraphBuilder builder = new GraphBuilder("h", 23, style);
        Value input = builder.input("x", TensorType.of(DType.FLOAT32, 2));
        FunctionBody body = (scope, inputs) -> List.of(scope.scalar("scale"));
        String place = style == FunctionStyle.FUNCTION ? "" : "here";

        refuses(
                () -> builder.root().child("here").call(PAIR, "", List.of("y"), List.of(input), HEADS, body),
                "body at " + place + ": the call has no attribute 'scale', it has [num_heads]");
    }

    @Test
    void function_isOneNodeAndOneBody() {
        pair(List.of("y"), List.of(x, Value.ABSENT, Value.ABSENT), HEADS);
        graph.output("out", pair(List.of("y"), List.of(x), HEADS).get(0));

        Model model = graph.build("p", "v");

        assertThat(model.graph().nodes())
                .extracting(Node::name)
                .containsExactly("layers.0.attention.y/Pair", "layers.0.attention.y_2/Pair");
        assertThat(model.functions()).singleElement().satisfies(function -> {
            assertThat(function.nodes()).extracting(Node::opType).containsExactly("Neg");
            assertThat(function.attributes()).containsExactly("num_heads");
        });
        assertThat(model.opsets()).isEqualTo(new TreeMap<>(Map.of("", 23, "test.ops", 1)));
    }

    @Test
    void inline_isTheBodyInPlace() {
        Model model = SampleGraphs.scaledLinear(FunctionStyle.INLINE);

        assertThat(model.functions()).isEmpty();
        assertThat(model.opsets()).containsOnlyKeys("");
        assertThat(model.graph().nodes())
                .extracting(Node::name)
                .containsExactly("linear.product/MatMul", "scale.scaled/Mul", "sum/Add");
        assertThat(model.graph().initializers())
                .extracting(Initializer::name)
                .containsExactly("linear.weight_t", "linear.bias", "const_f32_0.5");
    }

    @Test
    void opsets_coverWhatOnlyBodiesCall() {
        OpSchema outer = new OpSchema("outer.ops", "Outer", 1, "", PAIR.inputs(), PAIR.outputs(), List.of());
        FunctionBody body = (scope, inputs) -> scope.call(
                SampleGraphs.SCALE,
                "plain",
                List.of("scaled"),
                List.of(inputs.get(0)),
                Map.of("factor", new Attribute.Real(2)),
                SampleGraphs.SCALE_BODY);
        graph.output(
                "out",
                graph.root()
                        .call(outer, "", List.of("o"), List.of(x), Map.of(), body)
                        .get(0));

        assertThat(graph.build("p", "v").opsets()).containsOnlyKeys("", "outer.ops", "test.ops");
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 24})
    void opset_thatIsNotSupported_isRefused(int opset) {
        refuses(
                () -> new GraphBuilder("g", opset, FunctionStyle.INLINE),
                "graphs are written for opset 21 to 23, got " + opset);
    }

    @Test
    void weight_usedWithTwoTypes_isRefused() {
        graph.weight("w", new SampleGraphs.Counting(TensorType.of(DType.FLOAT32, 4)));

        refuses(
                () -> graph.weight("w", new SampleGraphs.Counting(TensorType.of(DType.FLOAT32, 2, 2))),
                "weight w is used as float[4] and as float[2,2]");
    }

    @Test
    void input_withATakenName_isRefused() {
        refuses(
                () -> graph.input("x", TensorType.of(DType.FLOAT32, 2)),
                "the name x is taken already; it can be given only once");
    }

    @Test
    void output_thatIsAnInput_isRefused() {
        refuses(() -> graph.output("y", x), "output y: x must be made by a node and be given as an output once");
    }

    @Test
    void output_givenTwice_isRefused() {
        Value q = ops.neg("q", x);
        graph.output("y", q);

        refuses(
                () -> graph.output("z", q),
                "output z: layers.0.attention.q must be made by a node and be given as an output once");
    }
}

package dev.heddle.exporter.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.onnx.Finding;
import dev.heddle.exporter.onnx.ModelChecker;
import dev.heddle.exporter.onnx.ValueTypes;
import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.ops.CustomOps;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RewriteTest {

    /** y = (x + 1) shifted by our operator, whose body is -x here; z = y * y. */
    private static Model model() {
        GraphBuilder graph = new GraphBuilder("g", 21, FunctionStyle.FUNCTION);
        OnnxOps ops = new OnnxOps(graph.root());
        Value x =
                graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Dim.of(1), Dim.of(2), Dim.of("n"), Dim.of(4))));
        Value weight = graph.weight("w", new Literal(TensorType.of(DType.FLOAT32, 2, 1), List.of(1f, 2f)));
        Value mask = graph.input("mask", new TensorType(DType.BOOL, Shape.of(Dim.of(1), Dim.of("n"))));
        Value more = ops.add("more", x, ops.real(1));
        Value y = graph.root()
                .child("layers.0")
                .call(
                        CustomOps.KV_SHIFT,
                        "negative",
                        List.of("y"),
                        List.of(more, weight, mask),
                        Map.of(),
                        (scope, inputs) -> {
                            OnnxOps inner = new OnnxOps(scope);
                            Value twice = inner.neg("twice", inner.neg("once", inputs.get(0)));
                            return List.of(inner.neg("result", twice));
                        })
                .get(0);
        graph.output("z", ops.mul("product", y, y));
        return graph.build("heddle", "test");
    }

    @Test
    void inlined_hasTheBodysNodesUnderThePathOfTheCall() {
        Model inlined = Inliner.inline(model());

        assertThat(inlined.functions()).isEmpty();
        assertThat(inlined.graph().nodes())
                .extracting(Node::name)
                .contains("layers.0.once/Neg", "layers.0.twice/Neg", "layers.0.y/Neg");
        assertThat(inlined.graph().nodes()).noneMatch(node -> node.opType().equals("KVShift"));
        assertThat(ModelChecker.check(inlined)).noneMatch(Finding::isError);
    }

    @Test
    void inlined_withoutFunctions_isTheSameModel() {
        Model inlined = Inliner.inline(model());

        assertThat(Inliner.inline(inlined)).isSameAs(inlined);
    }

    @Test
    void taps_makeInnerValuesTheOutputs() {
        Model model = model();

        Model tapped = Taps.of(model, List.of("more", "layers.0.y"), ValueTypes.of(model));

        assertThat(tapped.graph().outputs())
                .extracting(NamedType::toString)
                .containsExactly(
                        "NamedType[name=more, type=float[1,2,n,4]]", "NamedType[name=layers.0.y, type=float[1,2,n,4]]");
        assertThat(ModelChecker.check(tapped)).noneMatch(Finding::isError);
    }

    @Test
    void taps_onAValueThatNothingMakes_areRefused() {
        Model model = model();

        assertThatThrownBy(() -> Taps.of(model, List.of("nothing"), ValueTypes.of(model)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the type of value nothing is not known");
    }

    @Test
    void nodeAlone_readsGivenValuesAndKeepsItsWeightsAndFunction() {
        Model model = model();
        Node shift = node(model, "layers.0.y");

        Model alone = NodeModel.of(model, List.of(shift), Set.of("more", "mask"), ValueTypes.of(model));

        assertThat(alone.graph().inputs()).extracting(NamedType::name).containsExactly("more", "mask");
        assertThat(alone.graph().outputs()).extracting(NamedType::name).containsExactly("layers.0.y.result");
        assertThat(alone.graph().initializers()).hasSize(1);
        assertThat(alone.functions()).hasSize(1);
        assertThat(ModelChecker.check(alone)).isEmpty();
    }

    @Test
    void nodeAlone_whoseInputCannotBeGiven_bringsWhatMakesIt() {
        Model model = model();

        Model alone =
                NodeModel.of(model, List.of(node(model, "layers.0.y")), Set.of("x", "mask"), ValueTypes.of(model));

        assertThat(alone.graph().inputs()).extracting(NamedType::name).containsExactly("x", "mask");
        assertThat(alone.graph().nodes()).extracting(Node::opType).containsExactly("Add", "KVShift");
        assertThat(ModelChecker.check(alone)).isEmpty();
    }

    private static Node node(Model model, String output) {
        return model.graph().nodes().stream()
                .filter(node -> node.outputs().contains(output))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void attributesOfTheCall_takeThePlaceOfReferences() {
        GraphBuilder graph = new GraphBuilder("g", 21, FunctionStyle.FUNCTION);
        TensorType type = TensorType.of(DType.FLOAT32, 1, 1, 1, 1);
        List<Value> inputs = List.of(
                graph.input("q", type),
                graph.input("k", type),
                graph.input("v", type),
                graph.input("mask", TensorType.of(DType.BOOL, 1, 1)));
        Map<String, Attribute> attributes =
                Map.of("num_heads", new Attribute.Int(1), "scale", new Attribute.Real(0.25f));
        graph.output(
                "out",
                graph.root()
                        .call(
                                CustomOps.MULTI_TOKEN_ATTENTION,
                                "scaled",
                                List.of("context"),
                                inputs,
                                attributes,
                                (scope, values) ->
                                        List.of(new OnnxOps(scope).mul("scaled", values.get(0), scope.scalar("scale"))))
                        .get(0));

        Model inlined = Inliner.inline(graph.build("heddle", "test"));

        assertThat(inlined.graph().nodes().get(0).attributes()).containsEntry("value_float", new Attribute.Real(0.25f));
    }
}

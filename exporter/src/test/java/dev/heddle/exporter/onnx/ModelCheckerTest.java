package dev.heddle.exporter.onnx;

import static dev.heddle.exporter.onnx.CheckedModels.call;
import static dev.heddle.exporter.onnx.CheckedModels.expect;
import static dev.heddle.exporter.onnx.CheckedModels.function;
import static dev.heddle.exporter.onnx.CheckedModels.graphOf;
import static dev.heddle.exporter.onnx.CheckedModels.model;
import static dev.heddle.exporter.onnx.CheckedModels.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionId;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.SampleGraphs;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ModelCheckerTest {

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
    void domain_withoutOpset_isFound() {
        Node node = new Node("n", "com.other", "Op", "", List.of("x"), List.of("y"), new TreeMap<>(), "");

        expect(
                model(List.of(node)),
                "model: nodes use domain 'com.other', imported are opsets of [, test.ops]",
                "Op at n: the operator com.other.Op is not known here, types after it are taken as stated");
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
}

package dev.heddle.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The search for the first wrong node in a long graph, where not every value is looked at. */
final class BisectionTest {

    private static final int STEPS = 130;

    /** A long chain, cut into two halves, of which only the second goes on. */
    private static Model model() {
        GraphBuilder graph = new GraphBuilder("g", 21, FunctionStyle.INLINE);
        OnnxOps ops = new OnnxOps(graph.root());
        Value value = graph.input("x", TensorType.of(DType.FLOAT32, 2, 8));
        for (int step = 0; step < STEPS; step++) {
            value = ops.neg("before_" + step, value);
        }
        List<Value> halves = ops.split(value, 1, "first", "second");
        value = halves.get(1);
        for (int step = 0; step < STEPS; step++) {
            value = ops.neg("after_" + step, value);
        }
        graph.output("y", ops.neg("last", value));
        return graph.build("heddle", "test");
    }

    private static TracedSide side(String name, Model model) {
        return new InterpretedSide(name, model, () -> {});
    }

    @Test
    void nodeWithSeveralWrongResults_isNamedWithItsFirst() throws IOException {
        Model wrong = GraphEdit.of(model())
                .reroute("first", 0, "before_" + (STEPS - 2))
                .done();
        HostTensor x = HostTensor.ofFloats(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7}, 2, 8);
        try (TracedSide expected = side("right", model());
                TracedSide judged = side("wrong", wrong);
                ValueTrace trace = ValueTrace.start(expected, judged, Map.of("x", x))) {

            List<Section> sections = BisectionSection.of(trace, (from, node) -> {});

            assertThat(sections.get(0).findings().get(0).where()).isEqualTo("first/Split");
            assertThat(sections.get(0).comparisons())
                    .extracting(TensorComparison::name)
                    .containsExactly("first");
            // Else the first look would have met it.
            assertThat(sections.get(1).judged()).isLessThan(STEPS);
        }
    }
}

package dev.heddle.exporter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ComputeTypesTest {

    /** A runtime without bfloat16 products. */
    private final GraphBuilder graph = new GraphBuilder(
            "g",
            23,
            FunctionStyle.INLINE,
            (domain, operator, stored) ->
                    operator.equals("Where") && stored == DType.BFLOAT16 ? DType.FLOAT32 : stored);

    private final OnnxOps ops = new OnnxOps(graph.root());

    private List<String> operators(Value result) {
        graph.output("out", result);
        return graph.build("test", "1").graph().nodes().stream()
                .map(Node::opType)
                .toList();
    }

    @Test
    void whereTheKernelIsMissing_numbersAreCastAndTheConditionIsNot() {
        Value condition = graph.input("c", TensorType.of(DType.BOOL, 2));
        Value x = graph.input("x", TensorType.of(DType.BFLOAT16, 2));
        Value y = graph.input("y", TensorType.of(DType.BFLOAT16, 2));

        Value result = ops.where("r", condition, x, y);

        assertThat(result.dtype()).isEqualTo(DType.BFLOAT16);
        assertThat(operators(result)).containsExactly("Cast", "Cast", "Where", "Cast");
    }

    @Test
    void whereTheKernelIsThere_nothingIsCast() {
        Value x = graph.input("x", TensorType.of(DType.BFLOAT16, 2));
        Value y = graph.input("y", TensorType.of(DType.FLOAT32, 2));
        Value condition = graph.input("c", TensorType.of(DType.BOOL, 2));

        Value sum = ops.add("sum", x, x);

        assertThat(ops.where("w", condition, y, y).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(operators(sum)).containsExactly("Add", "Where");
    }
}

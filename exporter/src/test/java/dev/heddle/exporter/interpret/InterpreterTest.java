package dev.heddle.exporter.interpret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InterpreterTest {

    /** Embedding, product and transposed product, all by the weights w [4, 3]. */
    private static Model model() {
        GraphBuilder graph = new GraphBuilder("g", 21, FunctionStyle.FUNCTION);
        OnnxOps ops = new OnnxOps(graph.root());
        Value ids = graph.input("ids", new TensorType(DType.INT64, Shape.of(Dim.of("n"))));
        Value w = graph.weight(
                "w",
                new Literal(
                        TensorType.of(DType.FLOAT32, 4, 3),
                        List.of(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f, 12f)));
        Value rows = ops.gather("rows", w, ids, 0);
        Value scores = ops.matMulTransposed("scores", rows, w);
        graph.output("result", ops.matMul("mixed", scores, w));
        return graph.build("heddle", "test");
    }

    private static Map<String, Tensor> ids(double... ids) {
        return Map.of("ids", new Tensor(DType.INT64, new int[] {ids.length}, ids));
    }

    @ParameterizedTest
    @CsvSource({"1000", "11"})
    void weights_heldOrReadRowByRow_giveTheSame(long streamed) {
        Tensor result = new Interpreter(model(), streamed)
                .run(ids(2, 0), (node, name, tensor) -> {})
                .get("result");

        // Rows 2 and 0 times the rows of w: 50, 122, 194, 266 and 14, 32, 50, 68; then times w.
        assertThat(result.shape()).containsExactly(2, 3);
        assertThat(result.data()).containsExactly(4556, 5188, 5820, 1172, 1336, 1500);
    }

    @Test
    void observer_hearsOfEveryValueInOrder() {
        List<String> heard = new ArrayList<>();

        new Interpreter(model())
                .run(ids(1), (node, name, tensor) -> heard.add(node.opType() + " " + name + " " + tensor));

        assertThat(heard)
                .containsExactly("Gather rows float[1, 3]", "Gemm scores float[1, 4]", "MatMul result float[1, 3]");
    }

    @Test
    void index_outsideTheTable_namesTheNode() {
        assertThatThrownBy(() -> new Interpreter(model()).run(ids(4), (node, name, tensor) -> {}))
                .isInstanceOf(GraphException.class)
                .hasMessage("rows/Gather: cannot be computed: index 4 is not below 4");
        assertThatThrownBy(() -> new Interpreter(model(), 0).run(ids(4), (node, name, tensor) -> {}))
                .hasMessage("rows/Gather: cannot be computed: index 4 is not below 4");
    }

    @Test
    void operator_thatIsNotKnown_isNamed() {
        Node node = new Node("odd/Odd", "some.domain", "Odd", "", List.of(), List.of("x"), new TreeMap<>(), "");
        Model odd = new Model(
                new Graph("g", List.of(), List.of(), List.of(), List.of(node), List.of()),
                List.of(),
                new TreeMap<>(),
                10,
                "",
                "",
                new TreeMap<>());

        assertThatThrownBy(() -> new Interpreter(odd))
                .isInstanceOf(GraphException.class)
                .hasMessage(
                        "odd/Odd: operator some.domain.Odd cannot be computed in float64; it is not one of ONNX's known"
                                + " here and has no body");
    }

    /** Bytes in pieces that split elements. */
    private record Bytes(TensorType type, byte[] bytes) implements TensorData {
        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            for (int from = 0; from < bytes.length; from += 3) {
                out.write(ByteBuffer.wrap(bytes, from, Math.min(3, bytes.length - from)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, 0000803f 000000c0, 1, -2",
        "FLOAT64, 000000000000f03f 00000000000000c0, 1, -2",
        "FLOAT16, 003c 00c0, 1, -2",
        "FLOAT16, 0100 ff7b, 5.960464477539063E-8, 65504",
        "BFLOAT16, 803f 00c0, 1, -2",
        "INT64, 0100000000000000 feffffffffffffff, 1, -2",
        "INT32, 01000000 feffffff, 1, -2",
        "INT8, 01 fe, 1, -2",
        "UINT8, 01 fe, 1, 254",
        "BOOL, 01 00, 1, 0"
    })
    void storedTensor_ofAnyType_isReadExactly(DType dtype, String hex, double first, double second) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));

        Tensor read = TensorReader.read(new Bytes(TensorType.of(dtype, 2), bytes));

        assertThat(read.data()).containsExactly(first, second);
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).remaining())
                .isEqualTo(2 * dtype.bytes());
    }
}

package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.SampleGraphs;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.ops.OpSchema.AttributeType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The texts were read by {@code onnx.parser.parse_model} and printed by {@code onnx.printer.to_text} of onnx 1.23.1. */
final class GraphTextTest {

    @Test
    void model_withAFunction_isPrintedWhole() {
        assertThat(GraphText.of(SampleGraphs.scaledLinear(FunctionStyle.FUNCTION)))
                .isEqualTo("""
                        <
                           ir_version: 10,
                           opset_import: ["" : 23, "test.ops" : 1],
                           producer_name: "heddle",
                           producer_version: "test",
                           metadata_props: ["heddle": "{\\"a\\": 1}"]
                        >
                        sample (
                              float[batch,4] x) => (
                              float[batch,300] y)
                           <
                              float[4,300] "linear.weight_t" = ["location": "model.onnx.data", "offset": "0", "length": "4800"],
                              float[300] "linear.bias" = ["location": "model.onnx.data", "offset": "8192", "length": "1200"],
                              float[batch,300] "linear.product",
                              float[batch,300] "scale.out">
                        {
                           ["linear.product/MatMul"] "linear.product" = MatMul (x, "linear.weight_t")
                           ["scale.out/Scale"] "scale.out" = test.ops.Scale:plain <factor: float = 0.5> ("linear.product")
                           ["sum/Add"] y = Add ("scale.out", "linear.bias")
                        }
                        <
                          domain: "test.ops",
                          overload: "plain",
                          opset_import: ["" : 23]
                        >
                        Scale <factor>(x) => (y)
                        {
                           ["factor/Constant"] factor = Constant <value_float: float = @factor> ()
                           ["scaled/Mul"] y = Mul (x, factor)
                        }
                        """);
    }

    @Test
    void node_withEveryKindOfAttribute_isPrinted() {
        Map<String, Attribute> attributes = Map.of(
                "a", new Attribute.Int(-3),
                "b", new Attribute.Real(1e-5f),
                "c", new Attribute.Text("say \"hi\" \\ bye"),
                "d", new Attribute.Ints(List.of(1L, 2L)),
                "e", new Attribute.Tensor(Literal.int64s(4, 5)),
                "f", new Attribute.Tensor(Literal.float32(1)),
                "g", new Attribute.Reference("scale", AttributeType.FLOAT));
        Node node = new Node("", "", "Op", "", List.of("x", "", "y.z"), List.of("out"), new TreeMap<>(attributes), "");
        Graph graph = new Graph("g", List.of(), List.of(), List.of(), List.of(node), List.of());

        assertThat(GraphText.of(model(graph)))
                .contains("   out = Op <a: int = -3, b: float = 1e-05, c: string = \"say \\\"hi\\\" \\\\ bye\", "
                        + "d: ints = [1, 2], e: tensor = int64[2] {4,5}, f: tensor = float {1}, g: float = @scale> "
                        + "(x, \"\", \"y.z\")\n");
    }

    static List<Arguments> weights() {
        TensorType bytes = TensorType.of(DType.UINT8, 2);
        TensorType halves = TensorType.of(DType.FLOAT16, 1);
        TensorType doubles = TensorType.of(DType.FLOAT64, 1);
        TensorType signed = TensorType.of(DType.INT8, 1);
        return List.of(
                Arguments.of(Literal.int64(7), "int64 w = {7}"),
                Arguments.of(Literal.float32s(1, 0.5), "float[2] w = {1,0.5}"),
                Arguments.of(new Literal(TensorType.of(DType.INT32, 1), List.of(-1L)), "int32[1] w = {-1}"),
                Arguments.of(new Literal(TensorType.of(DType.BOOL, 2), List.of(0L, 1L)), "bool[2] w = {0,1}"),
                Arguments.of(inline(bytes, 0, 255), "uint8[2] w = {0,255}"),
                Arguments.of(inline(signed, 255), "int8[1] w = {-1}"),
                Arguments.of(inline(halves, 1, 0xbc), "float16[1] w = {48129}"),
                Arguments.of(inline(doubles, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f), "double[1] w = {1.5}"),
                Arguments.of(
                        new SampleGraphs.Counting(bytes),
                        "uint8[2] w = [\"location\": \"model.onnx.data\", \"offset\": \"0\", \"length\": \"2\"]"),
                Arguments.of(
                        new ExternalTensor("other.bin", Path.of("other.bin"), 64, bytes),
                        "uint8[2] w = [\"location\": \"other.bin\", \"offset\": \"64\", \"length\": \"2\"]"));
    }

    private static TensorData inline(TensorType type, int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return new InlineTensor(type, ByteString.copyFrom(bytes));
    }

    @ParameterizedTest
    @MethodSource("weights")
    void weight_ofAnyKind_isPrinted(TensorData data, String text) {
        Graph graph = new Graph("g", List.of(), List.of(), List.of(new Initializer("w", data)), List.of(), List.of());

        assertThat(GraphText.of(model(graph))).contains("      " + text + ">\n");
    }

    private static Model model(Graph graph) {
        return new Model(graph, List.of(), new TreeMap<>(Map.of("", 23)), 10, "p", "v", new TreeMap<>());
    }
}

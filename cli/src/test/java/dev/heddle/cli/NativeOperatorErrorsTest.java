package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.ops.CustomOps;
import dev.heddle.ops.OpSchema;
import dev.heddle.runtime.RuntimeFailure;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsLibrary;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the native kernels say to inputs that do not fit: operator, node, expected, got. */
@Tag("native")
final class NativeOperatorErrorsTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void needsTheLibrary() {
        assumeTrue(
                OpsLibrary.installed().locate().isPresent(),
                "libheddle_ops was not built on this machine: no C++ compiler or no cmake");
    }

    /**
     * A call that fits but for one thing.
     *
     * @param shapes of the inputs that are given, float32 but for masks, all elements 0 or true
     */
    record Wrong(OpSchema op, Map<String, long[]> shapes, Map<String, Attribute> attributes, String message) {
        @Override
        public String toString() {
            return message;
        }
    }

    private static Map<String, long[]> attention() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("query", new long[] {2, 4, 3, 8});
        shapes.put("key", new long[] {2, 2, 3, 8});
        shapes.put("value", new long[] {2, 2, 3, 8});
        shapes.put("key_mask", new long[] {2, 8});
        shapes.put("past_key", new long[] {2, 2, 5, 8});
        shapes.put("past_value", new long[] {2, 2, 5, 8});
        return shapes;
    }

    private static Wrong attention(String message, String name, long... shape) {
        Map<String, long[]> shapes = attention();
        shapes.put(name, shape);
        return new Wrong(CustomOps.MULTI_TOKEN_ATTENTION, shapes, heads(4), message);
    }

    private static Wrong without(String message, String name) {
        Map<String, long[]> shapes = attention();
        shapes.remove(name);
        return new Wrong(CustomOps.MULTI_TOKEN_ATTENTION, shapes, heads(4), message);
    }

    private static Wrong shift(String message, String name, long... shape) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("x", new long[] {2, 2, 3, 8});
        shapes.put("weight", new long[] {2, 2});
        shapes.put("token_mask", new long[] {2, 3});
        shapes.put("last", new long[] {2, 2, 1, 8});
        shapes.put(name, shape);
        return new Wrong(CustomOps.KV_SHIFT, shapes, Map.of(), message);
    }

    /** The cache has 8 rows; every row of the batch has as many real tokens as the mask has columns. */
    private static Wrong staticCache(String message, int maxLen, String name, long... shape) {
        Map<String, long[]> shapes = attention();
        shapes.put("past_key", new long[] {2, 2, 8, 8});
        shapes.put("past_value", new long[] {2, 2, 8, 8});
        shapes.put(name, shape);
        Map<String, Attribute> attributes = new TreeMap<>(heads(4));
        attributes.put("max_len", new Attribute.Int(maxLen));
        return new Wrong(CustomOps.MULTI_TOKEN_ATTENTION, shapes, attributes, message);
    }

    private static Map<String, Attribute> heads(int count) {
        return Map.of("num_heads", new Attribute.Int(count), "scale", new Attribute.Real(0.5f));
    }

    static Stream<Wrong> wrongInputs() {
        return Stream.of(
                attention("query: expected rank 4, got [2, 4, 24]", "query", 2, 4, 24),
                attention("query: expected [2, 4, 3, 8], got [2, 6, 3, 8]", "query", 2, 6, 3, 8),
                attention("key: expected [2, 2, 3, 0], got [2, 2, 3, 8]", "query", 2, 4, 3, 0),
                attention("key: expected [2, 3, 3, 8], got [2, 3, 4, 8]", "key", 2, 3, 4, 8),
                attention("value: expected [2, 2, 3, 8], got [2, 2, 3, 16]", "value", 2, 2, 3, 16),
                attention("key_mask: expected [2, at least 8], got [2, 7]", "key_mask", 2, 7),
                attention("past_key: expected [2, 2, 5, 8], got [2, 1, 5, 8]", "past_key", 2, 1, 5, 8),
                attention("past_value: expected [2, 2, 5, 8], got [2, 2, 4, 8]", "past_value", 2, 2, 4, 8),
                without("past_key and past_value: expected both or none", "past_value"),
                attention("past_query: expected [2, 4, 2, 8], got [2, 2, 2, 8]", "past_query", 2, 2, 2, 8),
                attention(
                        "past_query: expected at most 5 rows, as many as past_key has, got 6",
                        "past_query",
                        2,
                        4,
                        6,
                        8),
                attention("pre_kernel: expected [4, 1, 3, 5], got [2, 1, 3, 5]", "pre_kernel", 2, 1, 3, 5),
                attention("post_kernel: expected [4, 1, 1, 5], got [4, 1, 0, 5]", "post_kernel", 4, 1, 0, 5),
                attention("pre_mix: expected [2, 2, 2], got [4, 2, 2]", "pre_mix", 4, 2, 2),
                attention("post_mix: expected a group size that divides 4, got 3", "post_mix", 1, 3, 3),
                attention("norm_weight: expected [8], got [4]", "norm_weight", 4),
                attention("gate_weight and gate_bias: expected both or none", "gate_weight", 1, 8),
                staticCache("sequence of 9 tokens does not fit max_len 8", 8, "key_mask", 2, 9),
                staticCache("past_key: expected [2, 2, 16, 8], got [2, 2, 8, 8]", 16, "key_mask", 2, 8),
                staticCache("key_mask: expected [2, at least 3], got [2, 2]", 8, "key_mask", 2, 2),
                shift("weight: expected [2, 2], got [3, 2]", "weight", 3, 2),
                shift("weight: expected at least one tap, got [2, 0]", "weight", 2, 0),
                shift("token_mask: expected [2, 3], got [2, 4]", "token_mask", 2, 4),
                shift("last: expected [2, 2, 1, 8], got [2, 2, 2, 8]", "last", 2, 2, 2, 8),
                shift("x: expected rank 4, got [2, 6, 8]", "x", 2, 6, 8));
    }

    @ParameterizedTest
    @MethodSource("wrongInputs")
    void kernel_onInputsThatDoNotFit_saysWhereWhatWasExpectedAndWhatCame(Wrong wrong) throws IOException {
        write(wrong);
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        wrong.shapes().forEach((name, shape) -> inputs.put(name, tensor(name, shape)));

        try (ModelSession session = ModelSession.open(
                folder, SessionOptions.builder().ops(OpsMode.NATIVE).build())) {
            assertThatThrownBy(() -> session.run(inputs))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessageContaining(wrong.op().name() + " at layers.3.context/"
                            + wrong.op().name() + ": " + wrong.message());
        }
    }

    @Test
    void key_withHeadsThatDoNotDivide_isRefused() throws IOException {
        Map<String, long[]> shapes = attention();
        List.of("key", "value").forEach(name -> shapes.put(name, new long[] {2, 3, 3, 8}));
        List.of("past_key", "past_value").forEach(name -> shapes.put(name, new long[] {2, 3, 5, 8}));
        kernel_onInputsThatDoNotFit_saysWhereWhatWasExpectedAndWhatCame(new Wrong(
                CustomOps.MULTI_TOKEN_ATTENTION,
                shapes,
                heads(4),
                "key: expected a number of heads that divides 4, got 3"));
    }

    @ParameterizedTest
    @MethodSource("wrongAttributes")
    void kernel_withAnAttributeOutOfRange_isRefusedWhenTheModelIsOpened(String name, Attribute value, String message)
            throws IOException {
        Map<String, Attribute> attributes = new TreeMap<>(heads(4));
        attributes.put(name, value);
        write(new Wrong(CustomOps.MULTI_TOKEN_ATTENTION, attention(), attributes, message));

        assertThatThrownBy(() -> ModelSession.open(
                        folder, SessionOptions.builder().ops(OpsMode.NATIVE).build()))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageContaining("MultiTokenAttention at layers.3.context/MultiTokenAttention: " + message);
    }

    static Stream<Arguments> wrongAttributes() {
        return Stream.of(
                Arguments.of("num_heads", new Attribute.Int(0), "num_heads: expected at least 1, got 0"),
                Arguments.of("window", new Attribute.Int(-1), "window: expected at least 0, got -1"),
                Arguments.of("max_len", new Attribute.Int(-4), "max_len: expected at least 0, got -4"),
                Arguments.of(
                        "pre_padding",
                        new Attribute.Text("top"),
                        "pre_padding: expected both, left or right, got top"));
    }

    /** The inputs are open in all axes, so that only the kernel can object; the body is never run. */
    private void write(Wrong wrong) throws IOException {
        GraphBuilder graph = new GraphBuilder("wrong", 23, FunctionStyle.FUNCTION);
        List<Value> inputs = wrong.op().inputs().stream()
                .map(parameter -> wrong.shapes().containsKey(parameter.name())
                        ? graph.input(
                                parameter.name(),
                                type(parameter.name(), wrong.shapes().get(parameter.name()).length))
                        : Value.ABSENT)
                .toList();
        Value context = graph.root()
                .child("layers.3")
                .call(
                        wrong.op(),
                        "wrong",
                        List.of("context"),
                        inputs,
                        wrong.attributes(),
                        (scope, values) -> List.of(new OnnxOps(scope).neg("context", values.get(0))))
                .get(0);
        graph.output("result", context);
        new ModelWriter(folder, (weight, bytes) -> {}).write(graph.build("heddle", "test"));
    }

    private static TensorType type(String name, int rank) {
        Dim[] dims = IntStream.range(0, rank)
                .mapToObj(axis -> Dim.of(name + "_" + axis))
                .toArray(Dim[]::new);
        return new TensorType(isMask(name) ? DType.BOOL : DType.FLOAT32, Shape.of(dims));
    }

    private static HostTensor tensor(String name, long[] shape) {
        if (!isMask(name)) {
            return HostTensor.zeros(dev.heddle.runtime.session.DType.FLOAT32, shape);
        }
        HostTensor mask = HostTensor.zeros(dev.heddle.runtime.session.DType.BOOL, shape);
        for (int i = 0; i < mask.elementCount(); i++) {
            mask.bytes().put(i, (byte) 1);
        }
        return mask;
    }

    private static boolean isMask(String name) {
        return name.endsWith("_mask");
    }
}

package dev.heddle.models.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.interpret.Interpreter;
import dev.heddle.exporter.interpret.Tensor;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The interpreter of graphs against the float64 references: two computations that share no code. */
final class InterpretedAttentionTest {

    private static final int TOKENS = 13;

    /** Graphs hold scale, epsilon and frequencies as float32. */
    private static final double TOLERANCE = 3e-6;

    /** One sample in one form. */
    record Form(VariantSamples sample, int opset, FunctionStyle style, KvCache cache) {}

    static Stream<Form> forms() {
        return Arrays.stream(VariantSamples.values())
                .flatMap(sample -> Stream.of(21, 23).flatMap(opset -> Arrays.stream(FunctionStyle.values())
                        .flatMap(style -> Stream.of(new KvCache.Dynamic(), new KvCache.Static(TOKENS + 2))
                                .map(cache -> new Form(sample, opset, style, cache)))));
    }

    /** A graph as a reference, so that both answer the same questions. */
    private record Interpreted(Form form, Interpreter interpreter) implements AttentionReference {
        @Override
        public Map<String, DoubleTensor> fresh(int batch) {
            Map<String, DoubleTensor> state = new TreeMap<>();
            form.cache().slots(form.sample().variant()).forEach(slot -> state.put(slot.role(), slot.fresh(batch)));
            return state;
        }

        @Override
        public Step attend(Input input, Map<String, DoubleTensor> past) {
            Map<String, Tensor> inputs = new TreeMap<>();
            inputs.put("q", tensor(input.q()));
            inputs.put("k", tensor(input.k()));
            inputs.put("v", tensor(input.v()));
            inputs.put("key_mask", mask(input.real()));
            inputs.put("position_ids", positions(input.positions()));
            past.forEach((role, tensor) -> inputs.put("past_" + role, tensor(tensor)));
            Map<String, Tensor> outputs = interpreter.run(inputs, (node, name, value) -> {});
            Map<String, DoubleTensor> present = new TreeMap<>();
            past.keySet().forEach(role -> present.put(role, doubles(outputs.get("present_" + role))));
            return new Step(doubles(outputs.get("context")), present);
        }
    }

    private static Tensor tensor(DoubleTensor tensor) {
        return new Tensor(DType.FLOAT32, tensor.shape(), tensor.data());
    }

    private static DoubleTensor doubles(Tensor tensor) {
        return new DoubleTensor(tensor.shape(), tensor.data());
    }

    private static Tensor mask(boolean[][] real) {
        double[] values = Arrays.stream(real)
                .flatMapToDouble(row ->
                        java.util.stream.IntStream.range(0, row.length).mapToDouble(column -> row[column] ? 1 : 0))
                .toArray();
        return new Tensor(DType.BOOL, new int[] {real.length, real[0].length}, values);
    }

    private static Tensor positions(long[][] positions) {
        double[] values = Arrays.stream(positions)
                .flatMapToLong(Arrays::stream)
                .asDoubleStream()
                .toArray();
        return new Tensor(DType.INT64, new int[] {positions.length, positions[0].length}, values);
    }

    private static Interpreter interpreter(Form form, Map<AttentionWeight, DoubleTensor> weights) {
        Model model = AttentionGraphs.of(
                form.sample().variant(),
                form.style(),
                form.opset(),
                form.cache(),
                (weight, shape) -> literal(weights.get(weight), shape));
        return new Interpreter(model);
    }

    private static Literal literal(DoubleTensor tensor, Shape shape) {
        List<Number> floats = Arrays.stream(tensor.data())
                .mapToObj(value -> (Number) (float) value)
                .toList();
        return new Literal(new TensorType(DType.FLOAT32, shape), floats);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void interpreter_onWholeSequenceInChunksAndWithPadding_equalsReference(Form form) {
        Map<AttentionWeight, DoubleTensor> weights =
                ReferenceRun.weights(form.sample().variant(), 7);
        ReferenceRun reference = ReferenceRun.seeded(form.sample().variant(), weights, TOKENS);
        ReferenceRun run = new ReferenceRun(
                reference.variant(),
                new Interpreted(form, interpreter(form, weights)),
                reference.q(),
                reference.k(),
                reference.v());

        DoubleTensor expected = reference.whole();
        assertClose(run.whole(), expected);
        assertClose(run.chunked(5, 1, 1, 3, 1, 2), expected);
        assertClose(ReferenceRun.rows(run.padded(3, 2).context(), 3, 3 + TOKENS), expected);
    }

    private static void assertClose(DoubleTensor actual, DoubleTensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double size = Arrays.stream(expected.data()).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.data().length; i++) {
            assertThat(Math.abs(actual.data()[i] - expected.data()[i])).isLessThan(TOLERANCE * Math.max(1, size));
        }
    }
}

package dev.heddle.cli;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.models.attention.AttentionValues;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.CacheSlot;
import dev.heddle.models.attention.KeyValueShift;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.attention.SequenceValues;
import dev.heddle.models.attention.SoftmaxAttention;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Models of nothing but what is measured. */
final class BenchGraph {

    private static final int OPSET = 23;
    private static final Dim BATCH = Dim.of("batch");
    private static final Dim Q_LEN = Dim.of("q_len");

    private BenchGraph() {}

    /**
     * One attention core with random weights; inputs {@code q k v key_mask} and, with a cache, {@code past_<role>}.
     *
     * @param cache under another one than none, earlier tokens are inputs and the state after them is an output
     */
    static Model attention(SoftmaxAttention attention, KvCache cache) {
        GraphBuilder graph = new GraphBuilder("attention", OPSET, FunctionStyle.FUNCTION);
        Value q =
                input(graph, "q", attention.heads().query() * attention.heads().size());
        Value k = input(
                graph, "k", attention.heads().keyValue() * attention.heads().size());
        Value v = input(
                graph, "v", attention.heads().keyValue() * attention.heads().size());
        Dim total = cache instanceof KvCache.None ? Q_LEN : Dim.of("total_len");
        Value mask = graph.input("key_mask", new TensorType(DType.BOOL, Shape.of(BATCH, total)));
        Value positions = graph.input("position_ids", new TensorType(DType.INT64, Shape.of(BATCH, Q_LEN)));
        Map<String, Value> past = new LinkedHashMap<>();
        for (CacheSlot slot : cache.slots(attention)) {
            Dim length = slot.length() instanceof CacheSlot.Length.Exactly exactly
                    ? Dim.of(exactly.count())
                    : Dim.of(slot.role().equals("query") ? "past_rows" : "past_len");
            Shape shape = Shape.of(BATCH, Dim.of(slot.heads()), length, Dim.of(slot.size()));
            past.put(slot.role(), graph.input("past_" + slot.role(), new TensorType(DType.FLOAT32, shape)));
        }
        Random random = new Random(7);
        Map<AttentionWeight, Value> weights = new LinkedHashMap<>();
        attention
                .weights()
                .forEach((weight, shape) -> weights.put(
                        weight, graph.weight(weight.name().toLowerCase(Locale.ROOT), numbers(random, shape))));
        SequenceValues sequence = new SequenceValues(graph.root(), mask, positions);
        AttentionValues.Result result = attention.emit(
                graph.root().child("attention"), new AttentionValues(q, k, v, weights, cache, past, sequence));
        graph.output("context", result.context());
        result.present().forEach((role, value) -> graph.output("present_" + role, value));
        return graph.build("heddle", "bench");
    }

    /** KVShift with two taps and nothing else; inputs {@code x token_mask}, output {@code y}. */
    static Model shift(int kvHeads, int size) {
        GraphBuilder graph = new GraphBuilder("shift", OPSET, FunctionStyle.FUNCTION);
        Shape shape = Shape.of(BATCH, Dim.of(kvHeads), Q_LEN, Dim.of(size));
        Value x = graph.input("x", new TensorType(DType.FLOAT32, shape));
        Value mask = graph.input("token_mask", new TensorType(DType.BOOL, Shape.of(BATCH, Q_LEN)));
        Value weight = graph.weight("weight", numbers(new Random(7), Shape.of(Dim.of(kvHeads), Dim.of(2))));
        graph.output("y", new KeyValueShift.Taps(2).emit(graph.root().child("shift"), x, weight, mask));
        return graph.build("heddle", "bench");
    }

    /** {@code c = a b}, the yardstick for arithmetic. */
    static Model product() {
        GraphBuilder graph = new GraphBuilder("product", OPSET, FunctionStyle.FUNCTION);
        TensorType square = new TensorType(DType.FLOAT32, Shape.of(Dim.of("n"), Dim.of("n")));
        Value a = graph.input("a", square);
        Value b = graph.input("b", square);
        graph.output("c", new OnnxOps(graph.root()).matMul("c", a, b));
        return graph.build("heddle", "bench");
    }

    private static Value input(GraphBuilder graph, String name, int features) {
        return graph.input(name, new TensorType(DType.FLOAT32, Shape.of(BATCH, Q_LEN, Dim.of(features))));
    }

    private static Literal numbers(Random random, Shape shape) {
        List<Number> numbers = new ArrayList<>();
        for (long i = 0; i < shape.elements(); i++) {
            numbers.add((float) (0.3 * random.nextGaussian()));
        }
        return new Literal(new TensorType(DType.FLOAT32, shape), numbers);
    }
}

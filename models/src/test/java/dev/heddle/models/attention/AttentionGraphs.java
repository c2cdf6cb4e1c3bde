package dev.heddle.models.attention;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.profile.Target;
import java.nio.channels.WritableByteChannel;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** Graphs of nothing but an attention variant. */
public final class AttentionGraphs {

    private static final Dim BATCH = Dim.of("batch");
    private static final Dim Q_LEN = Dim.of("q_len");

    private AttentionGraphs() {}

    /** A weight that is looked at but never written. */
    public record Unwritten(TensorType type) implements TensorData {
        @Override
        public void writeTo(WritableByteChannel out) {
            throw new UnsupportedOperationException("this graph is only printed");
        }
    }

    /** For printing: opset 23, weights without values. */
    public static Model of(AttentionVariant variant, FunctionStyle style) {
        return of(
                variant,
                style,
                23,
                new KvCache.Dynamic(),
                (weight, shape) -> new Unwritten(new TensorType(DType.FLOAT32, shape)));
    }

    /** In float32; else as {@link #of(AttentionVariant, FunctionStyle, int, DType, KvCache, BiFunction)}. */
    public static Model of(
            AttentionVariant variant,
            FunctionStyle style,
            int opset,
            KvCache cache,
            BiFunction<AttentionWeight, Shape, TensorData> weights) {
        return of(variant, style, opset, DType.FLOAT32, cache, weights);
    }

    /**
     * Inputs {@code q k v key_mask position_ids} and {@code past_<role>}, outputs {@code context} and {@code present_<role>}.
     *
     * @param dtype of all inputs but mask and positions
     * @param weights contents of each learned tensor, of that type
     */
    public static Model of(
            AttentionVariant variant,
            FunctionStyle style,
            int opset,
            DType dtype,
            KvCache cache,
            BiFunction<AttentionWeight, Shape, TensorData> weights) {
        GraphBuilder graph =
                new GraphBuilder("attention", opset, style, Target.usual().kernels(opset, GraphBuilder.IR_VERSION));
        Heads heads = variant.heads();
        Value q = projected(graph, dtype, "q", heads.query() * heads.size());
        Value k = projected(graph, dtype, "k", heads.keyValue() * heads.size());
        Value v = projected(graph, dtype, "v", heads.keyValue() * heads.size());
        Value keyMask = graph.input("key_mask", new TensorType(DType.BOOL, Shape.of(BATCH, Dim.of("total_len"))));
        Value positions = graph.input("position_ids", new TensorType(DType.INT64, Shape.of(BATCH, Q_LEN)));
        Map<String, Value> past = new LinkedHashMap<>();
        for (CacheSlot slot : cache.slots(variant)) {
            Dim length = slot.length() instanceof CacheSlot.Length.Exactly exactly
                    ? Dim.of(exactly.count())
                    : Dim.of(slot.role().equals("query") ? "past_rows" : "past_len");
            Shape shape = Shape.of(BATCH, Dim.of(slot.heads()), length, Dim.of(slot.size()));
            past.put(slot.role(), graph.input("past_" + slot.role(), new TensorType(dtype, shape)));
        }
        Map<AttentionWeight, Value> learned = new LinkedHashMap<>();
        variant.weights()
                .forEach((weight, shape) -> learned.put(
                        weight, graph.weight(weight.name().toLowerCase(Locale.ROOT), weights.apply(weight, shape))));
        SequenceValues sequence = new SequenceValues(graph.root(), keyMask, positions);
        AttentionValues values = new AttentionValues(q, k, v, learned, cache, past, sequence);
        AttentionValues.Result result = variant.emit(graph.root().child("attention"), values);
        graph.output("context", result.context());
        result.present().forEach((role, value) -> graph.output("present_" + role, value));
        return graph.build("heddle", "test");
    }

    private static Value projected(GraphBuilder graph, DType dtype, String name, int features) {
        return graph.input(name, new TensorType(dtype, Shape.of(BATCH, Q_LEN, Dim.of(features))));
    }
}

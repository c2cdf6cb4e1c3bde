package dev.heddle.models.attention;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionBody;
import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code DifferentialAttention} in ONNX's own operators; inputs as {@link dev.heddle.ops.CustomOps#DIFFERENTIAL_ATTENTION} lists them. All between the state and the
 * context is float32.
 */
record DifferentialAttentionBody(boolean grouped, DType dtype, KvCache cache) implements FunctionBody {

    String overload() {
        List<String> parts = new ArrayList<>();
        MultiTokenAttentionBody.addCache(parts, cache);
        if (grouped) {
            parts.add("gqa");
        }
        if (dtype != DType.FLOAT32) {
            parts.add(dtype.onnxName());
        }
        return parts.isEmpty() ? "plain" : String.join("_", parts);
    }

    @Override
    public List<Value> emit(GraphScope scope, List<Value> inputs) {
        OnnxOps ops = new OnnxOps(scope);
        Value query = inputs.get(0);
        Value rows = ops.length("row_count", query, 2);
        Value keys = inputs.get(1);
        Value values = inputs.get(2);
        Value visible;
        if (cache instanceof KvCache.Static) {
            StaticCache state = StaticCache.of(ops, inputs.get(3), inputs.get(5), query);
            StaticCache.Appended all = state.append(
                    new StaticCache.Appended(inputs.get(5), inputs.get(6)), new StaticCache.Appended(keys, values));
            keys = all.keys();
            values = all.values();
            visible = state.visible(rows, 0, Value.ABSENT);
        } else {
            boolean cached = cache instanceof KvCache.Dynamic;
            keys = cached ? ops.concat("keys", 2, inputs.get(5), keys) : keys;
            values = cached ? ops.concat("values", 2, inputs.get(6), values) : values;
            Value count = cached ? ops.length("key_count", keys, 2) : rows;
            visible = VisibleCells.emit(ops, inputs.get(3), rows, count, Value.ABSENT);
        }

        GroupedProducts products = new GroupedProducts(ops, grouped);
        Value scores = products.scores(wide(ops, "query_f32", query), wide(ops, "keys_f32", keys));
        Value probs = new ScorePlanes(ops, visible).softmax(scores);
        Value attended = products.attended(probs, doubled(ops, wide(ops, "values_f32", values)));
        Value context = difference(ops, attended, inputs.get(4), query.dtype());

        List<Value> outputs = new ArrayList<>(List.of(context));
        if (!(cache instanceof KvCache.None)) {
            outputs.add(keys);
            outputs.add(values);
        }
        return outputs;
    }

    private static Value wide(OnnxOps ops, String role, Value x) {
        return MultiTokenAttentionBody.wide(ops, role, x);
    }

    /** Head g of the result is [V1 | V2] with each half of the heads repeated once: [batch, kv_heads, keys, 2 d]. */
    private static Value doubled(OnnxOps ops, Value values) {
        List<Value> halves = ops.split(values, 1, "values_first", "values_second");
        Value first = ops.concat("values_first_repeated", 1, halves.get(0), halves.get(0));
        Value second = ops.concat("values_second_repeated", 1, halves.get(1), halves.get(1));
        return ops.concat("values_doubled", 3, first, second);
    }

    private Value difference(OnnxOps ops, Value attended, Value lambda, DType dtype) {
        List<Value> halves = ops.split(attended, 1, "attended_first", "attended_second");
        Value difference = ops.sub("difference", halves.get(0), ops.mul("subtrahend", halves.get(1), lambda));
        Value normed = ContextStages.rms(ops, difference, ops.scope().scalar("norm_epsilon"));
        Value scaled = ops.mul("normed_scaled", normed, ops.scope().scalar("norm_scale"));
        return ContextStages.merged(ops, scaled, dtype);
    }
}

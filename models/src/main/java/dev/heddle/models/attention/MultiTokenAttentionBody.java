package dev.heddle.models.attention;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionBody;
import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code MultiTokenAttention} in ONNX's own operators; inputs as {@link dev.heddle.ops.CustomOps#MULTI_TOKEN_ATTENTION} lists them. Stores all scores of the
 * step: R + q_len rows for each head. All between the state and the context is float32, as in the kernels: scores of a narrower type would lose what the softmax
 * tells apart.
 */
record MultiTokenAttentionBody(SoftmaxAttention attention, DType dtype, KvCache cache) implements FunctionBody {

    /** Name of this body among those of the operator: says all that it depends on but shapes and attributes. */
    String overload() {
        List<String> parts = new ArrayList<>();
        addCache(parts, cache);
        if (attention.heads().groupSize() > 1) {
            parts.add("gqa");
        }
        if (attention.mask() instanceof Mask.SlidingWindow) {
            parts.add("window");
        }
        addKernel(parts, "pre", attention.preConvolution());
        if (attention.preMix() instanceof HeadMix.Grouped) {
            parts.add("premix");
        }
        addKernel(parts, "post", attention.postConvolution());
        if (attention.postMix() instanceof HeadMix.Grouped) {
            parts.add("postmix");
        }
        if (attention.norm() instanceof ContextNorm.PerHeadRms) {
            parts.add("rms");
        }
        if (!(attention.gate() instanceof Gate.None)) {
            parts.add("gate");
        }
        if (dtype != DType.FLOAT32) {
            parts.add(dtype.onnxName());
        }
        return parts.isEmpty() ? "plain" : String.join("_", parts);
    }

    static void addCache(List<String> parts, KvCache cache) {
        if (!(cache instanceof KvCache.None)) {
            parts.add(cache instanceof KvCache.Static ? "static" : "cached");
        }
    }

    private static void addKernel(List<String> parts, String place, ScoreConvolution convolution) {
        if (convolution instanceof ScoreConvolution.KeyQuery kernel) {
            String side =
                    kernel.padding() == KeyPadding.BOTH ? "" : kernel.padding().attribute();
            parts.add(place + kernel.queryWidth() + "x" + kernel.keyWidth() + side);
        }
    }

    @Override
    public List<Value> emit(GraphScope scope, List<Value> inputs) {
        OnnxOps ops = new OnnxOps(scope);
        Value query = inputs.get(0);
        Value queries = joined(ops, "queries", inputs.get(6), query);
        Value window = attention.mask() instanceof Mask.SlidingWindow ? scope.integer("window") : Value.ABSENT;
        Joined all = cache instanceof KvCache.Static
                ? staticCache(ops, inputs, queries, window)
                : dynamicCache(ops, inputs, queries, window);
        ScorePlanes planes = new ScorePlanes(ops, all.visible());

        GroupedProducts products = new GroupedProducts(ops, attention.heads().groupSize() > 1);
        Value scores = products.scores(wide(ops, "queries_f32", queries), wide(ops, "keys_f32", all.keys()));
        scores =
                planes.convolved("pre", scores, wide(ops, "pre_kernel_f32", inputs.get(7)), attention.preConvolution());
        scores = planes.mixed("pre", scores, wide(ops, "pre_mix_f32", inputs.get(8)));
        Value probs = planes.softmax(scores);
        probs = planes.convolved(
                "post", probs, wide(ops, "post_kernel_f32", inputs.get(9)), attention.postConvolution());
        if (attention.postConvolution() instanceof ScoreConvolution.KeyQuery) {
            probs = planes.masked("post_masked", probs);
        }
        probs = planes.mixed("post", probs, wide(ops, "post_mix_f32", inputs.get(10)));
        if (queries != query) {
            probs = ops.last("new_probs", probs, 2, ops.length("q_len", query, 2));
        }
        Value attended = products.attended(probs, wide(ops, "values_f32", all.values()));
        Value context = ContextStages.emit(ops, attention, attended, inputs);

        List<Value> outputs = new ArrayList<>(List.of(context));
        outputs.addAll(all.present());
        return outputs;
    }

    /** In float32; absent if it is absent. */
    static Value wide(OnnxOps ops, String role, Value x) {
        return x.isAbsent() ? x : ops.cast(role, x, DType.FLOAT32);
    }

    /**
     * Past and new tokens together.
     *
     * @param visible which keys each row of queries sees
     * @param present state after the step
     */
    private record Joined(Value keys, Value values, Value visible, List<Value> present) {}

    private Joined dynamicCache(OnnxOps ops, List<Value> inputs, Value queries, Value window) {
        Value keys = joined(ops, "keys", inputs.get(4), inputs.get(1));
        Value values = joined(ops, "values", inputs.get(5), inputs.get(2));
        Value rows = ops.length("row_count", queries, 2);
        boolean cached = cache instanceof KvCache.Dynamic;
        Value count = cached ? ops.length("key_count", keys, 2) : rows;
        Value visible = VisibleCells.emit(ops, inputs.get(3), rows, count, window);
        return new Joined(keys, values, visible, cached ? grown(ops, keys, values, queries, window) : List.of());
    }

    private Joined staticCache(OnnxOps ops, List<Value> inputs, Value queries, Value window) {
        StaticCache state = StaticCache.of(ops, inputs.get(3), inputs.get(4), inputs.get(0));
        StaticCache.Appended all = state.append(
                new StaticCache.Appended(inputs.get(4), inputs.get(5)),
                new StaticCache.Appended(inputs.get(1), inputs.get(2)));
        int history = attention.queryHistory();
        Value visible = state.visible(ops.length("row_count", queries, 2), history, window);
        List<Value> present = new ArrayList<>(List.of(all.keys(), all.values()));
        if (history > 0) {
            present.add(state.lastQueries(queries, inputs.get(6)));
        }
        return new Joined(all.keys(), all.values(), visible, present);
    }

    private static Value joined(OnnxOps ops, String role, Value past, Value fresh) {
        return past.isAbsent() ? fresh : ops.concat(role, 2, past, fresh);
    }

    private List<Value> grown(OnnxOps ops, Value keys, Value values, Value queries, Value window) {
        List<Value> present = new ArrayList<>();
        int history = attention.queryHistory();
        if (!window.isAbsent()) {
            Value start = ops.sub("window_keep_start", ops.integers(1L - history), window);
            Value end = ops.integers(Long.MAX_VALUE);
            present.add(ops.slice("present_key", keys, 2, start, end));
            present.add(ops.slice("present_value", values, 2, start, end));
        } else {
            present.add(keys);
            present.add(values);
        }
        if (history > 0) {
            present.add(ops.last("present_query", queries, 2, history));
        }
        return present;
    }
}

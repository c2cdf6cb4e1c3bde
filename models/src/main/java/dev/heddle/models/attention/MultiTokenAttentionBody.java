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
 * step: R + q_len rows for each head.
 */
record MultiTokenAttentionBody(SoftmaxAttention attention, DType dtype, boolean cached) implements FunctionBody {

    /** Name of this body among those of the operator: says all that it depends on but shapes and attributes. */
    String overload() {
        List<String> parts = new ArrayList<>();
        if (cached) {
            parts.add("cached");
        }
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
        Value keys = joined(ops, "keys", inputs.get(4), inputs.get(1));
        Value values = joined(ops, "values", inputs.get(5), inputs.get(2));
        Value rows = ops.length("row_count", queries, 2);
        Value window = attention.mask() instanceof Mask.SlidingWindow ? scope.integer("window") : Value.ABSENT;
        Value count = cached ? ops.length("key_count", keys, 2) : rows;
        Value visible = VisibleCells.emit(ops, inputs.get(3), rows, count, window);
        ScorePlanes planes = new ScorePlanes(ops, visible);

        GroupedProducts products = new GroupedProducts(ops, attention.heads().groupSize() > 1);
        Value scores = products.scores(queries, keys);
        scores = planes.convolved("pre", scores, inputs.get(7), attention.preConvolution());
        scores = planes.mixed("pre", scores, inputs.get(8));
        Value probs = planes.softmax(scores);
        probs = planes.convolved("post", probs, inputs.get(9), attention.postConvolution());
        if (attention.postConvolution() instanceof ScoreConvolution.KeyQuery) {
            probs = planes.masked("post_masked", probs);
        }
        probs = planes.mixed("post", probs, inputs.get(10));
        if (queries != query) {
            probs = ops.last("new_probs", probs, 2, ops.length("q_len", query, 2));
        }
        Value context = ContextStages.emit(ops, attention, products.attended(probs, values), inputs);

        List<Value> outputs = new ArrayList<>(List.of(context));
        if (cached) {
            addPresent(ops, outputs, keys, values, queries, window);
        }
        return outputs;
    }

    private static Value joined(OnnxOps ops, String role, Value past, Value fresh) {
        return past.isAbsent() ? fresh : ops.concat(role, 2, past, fresh);
    }

    private void addPresent(OnnxOps ops, List<Value> outputs, Value keys, Value values, Value queries, Value window) {
        int history = attention.queryHistory();
        if (!window.isAbsent()) {
            Value start = ops.sub("window_keep_start", ops.integers(1L - history), window);
            Value end = ops.integers(Long.MAX_VALUE);
            outputs.add(ops.slice("present_key", keys, 2, start, end));
            outputs.add(ops.slice("present_value", values, 2, start, end));
        } else {
            outputs.add(keys);
            outputs.add(values);
        }
        if (history > 0) {
            outputs.add(ops.last("present_query", queries, 2, history));
        }
    }
}

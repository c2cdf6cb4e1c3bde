package dev.heddle.models.attention;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.ops.CustomOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Emits {@link SoftmaxAttention}: shift (our operator), RoPE, then our attention operator, or ONNX's own {@code Attention} where the scores are plain and the opset
 * has it.
 */
final class SoftmaxAttentionEmitter {

    private static final int FIRST_OPSET_WITH_ATTENTION = 23;

    private final SoftmaxAttention attention;
    private final GraphScope scope;
    private final OnnxOps ops;
    private final AttentionValues in;
    private final Map<String, Value> present = new LinkedHashMap<>();

    SoftmaxAttentionEmitter(SoftmaxAttention attention, GraphScope scope, AttentionValues in) {
        this.attention = attention;
        this.scope = scope;
        this.ops = new OnnxOps(scope);
        this.in = in;
    }

    AttentionValues.Result emit() {
        Heads heads = attention.heads();
        scope.document("context = gate(norm(mix(conv(softmax(mix(conv(q k^T)))) v); " + attention);
        Value q = HeadLayout.split(ops, "q_heads", in.q(), heads.query(), heads.size());
        Value k = shifted(
                "k",
                HeadLayout.split(ops, "k_heads", in.k(), heads.keyValue(), heads.size()),
                AttentionWeight.KEY_SHIFT,
                "last_key");
        Value v = shifted(
                "v",
                HeadLayout.split(ops, "v_heads", in.v(), heads.keyValue(), heads.size()),
                AttentionWeight.VALUE_SHIFT,
                "last_value");
        Value query = Rotation.emit(ops, "q_rot", q, attention.positions(), in.sequence());
        Value key = Rotation.emit(ops, "k_rot", k, attention.positions(), in.sequence());
        boolean standard = scope.opset() >= FIRST_OPSET_WITH_ATTENTION
                && !(in.cache() instanceof KvCache.Static)
                && attention.hasPlainScores()
                && attention.norm() instanceof ContextNorm.None
                && attention.gate() instanceof Gate.None;
        Value context = standard ? standardAttention(query, key, v) : customAttention(query, key, v);
        return new AttentionValues.Result(context, present);
    }

    private Value shifted(String role, Value x, AttentionWeight weight, String lastRole) {
        if (!(attention.shift() instanceof KeyValueShift.Taps taps)) {
            return x;
        }
        KeyValueShiftBody body = new KeyValueShiftBody(taps.count(), in.isCached());
        List<Value> inputs =
                new ArrayList<>(List.of(x, in.weight(weight), in.sequence().tokenMask()));
        List<String> roles = new ArrayList<>(List.of(role + "_shifted"));
        if (in.isCached()) {
            inputs.add(in.past(lastRole));
            roles.add("present_" + lastRole);
        }
        List<Value> outputs =
                scope.child(role + "_shift").call(CustomOps.KV_SHIFT, body.overload(), roles, inputs, Map.of(), body);
        if (in.isCached()) {
            present.put(lastRole, outputs.get(1));
        }
        return outputs.get(0);
    }

    /** Rows that see nothing are padding; ONNX leaves their result open, so it is set to 0. */
    private Value standardAttention(Value query, Value key, Value value) {
        Value visible = in.sequence().visible(attention.mask(), in.past("key"));
        List<Value> inputs = new ArrayList<>(List.of(query, key, value, visible));
        List<String> roles = new ArrayList<>(List.of("attended"));
        if (in.isCached()) {
            inputs.add(in.past("key"));
            inputs.add(in.past("value"));
            roles.addAll(List.of("all_keys", "all_values"));
        }
        List<Value> outputs = ops.attention(roles, inputs, (float) attention.scale());
        if (in.isCached()) {
            present.put("key", trimmed("present_key", outputs.get(1)));
            present.put("value", trimmed("present_value", outputs.get(2)));
        }
        Value zero = ops.cast("zero", ops.real(0), query.dtype());
        return ContextStages.merged(
                ops, ops.where("attended_real", in.sequence().realRows(), outputs.get(0), zero), query.dtype());
    }

    private Value trimmed(String role, Value all) {
        return attention.mask() instanceof Mask.SlidingWindow window && window.size() > 1
                ? ops.last(role, all, 2, window.size() - 1L)
                : all;
    }

    private Value customAttention(Value query, Value key, Value value) {
        MultiTokenAttentionBody body = new MultiTokenAttentionBody(attention, query.dtype(), in.cache());
        List<Value> inputs = List.of(
                query,
                key,
                value,
                in.sequence().keyMask(),
                in.past("key"),
                in.past("value"),
                in.past("query"),
                in.weight(AttentionWeight.PRE_KERNEL),
                in.weight(AttentionWeight.PRE_MIX),
                in.weight(AttentionWeight.POST_KERNEL),
                in.weight(AttentionWeight.POST_MIX),
                in.weight(AttentionWeight.NORM),
                in.weight(AttentionWeight.GATE_WEIGHT),
                in.weight(AttentionWeight.GATE_BIAS));
        List<String> roles = new ArrayList<>(List.of("context"));
        List<String> state = new ArrayList<>();
        if (in.isCached()) {
            state.addAll(List.of("key", "value"));
            if (attention.queryHistory() > 0) {
                state.add("query");
            }
        }
        state.forEach(role -> roles.add("present_" + role));
        List<Value> outputs =
                scope.call(CustomOps.MULTI_TOKEN_ATTENTION, body.overload(), roles, inputs, attributes(), body);
        for (int i = 0; i < state.size(); i++) {
            present.put(state.get(i), outputs.get(i + 1));
        }
        return outputs.get(0);
    }

    private Map<String, Attribute> attributes() {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("num_heads", new Attribute.Int(attention.heads().query()));
        attributes.put("scale", new Attribute.Real((float) attention.scale()));
        if (in.cache() instanceof KvCache.Static cache) {
            attributes.put("max_len", new Attribute.Int(cache.maxLen()));
        }
        if (attention.mask() instanceof Mask.SlidingWindow window) {
            attributes.put("window", new Attribute.Int(window.size()));
        }
        if (attention.preConvolution() instanceof ScoreConvolution.KeyQuery kernel) {
            attributes.put("pre_padding", new Attribute.Text(kernel.padding().attribute()));
        }
        if (attention.postConvolution() instanceof ScoreConvolution.KeyQuery kernel) {
            attributes.put("post_padding", new Attribute.Text(kernel.padding().attribute()));
        }
        if (attention.norm() instanceof ContextNorm.PerHeadRms norm) {
            attributes.put("norm_epsilon", new Attribute.Real((float) norm.epsilon()));
            attributes.put("norm_scale", new Attribute.Real((float) norm.scale()));
        }
        return attributes;
    }
}

package dev.heddle.models.attention;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.ops.CustomOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Emits {@link DifferentialAttention}: RoPE, lambda from its four vectors, then our operator. */
final class DifferentialAttentionEmitter {

    private final DifferentialAttention attention;
    private final GraphScope scope;
    private final OnnxOps ops;
    private final AttentionValues in;

    DifferentialAttentionEmitter(DifferentialAttention attention, GraphScope scope, AttentionValues in) {
        this.attention = attention;
        this.scope = scope;
        this.ops = new OnnxOps(scope);
        this.in = in;
    }

    AttentionValues.Result emit() {
        Heads heads = attention.heads();
        scope.document("context = norm(A1 v - lambda A2 v); " + attention);
        Value q = HeadLayout.split(ops, "q_heads", in.q(), heads.query(), heads.size());
        Value k = HeadLayout.split(ops, "k_heads", in.k(), heads.keyValue(), heads.size());
        Value v = HeadLayout.split(ops, "v_heads", in.v(), heads.keyValue(), heads.size());
        Value query = Rotation.emit(ops, "q_rot", q, attention.positions(), in.sequence());
        Value key = Rotation.emit(ops, "k_rot", k, attention.positions(), in.sequence());

        DifferentialAttentionBody body =
                new DifferentialAttentionBody(heads.groupSize() > 1, query.dtype(), in.cache());
        List<String> roles = new ArrayList<>(List.of("context"));
        if (in.isCached()) {
            roles.addAll(List.of("present_key", "present_value"));
        }
        List<Value> inputs =
                List.of(query, key, v, in.sequence().keyMask(), lambda(), in.past("key"), in.past("value"));
        List<Value> outputs =
                scope.call(CustomOps.DIFFERENTIAL_ATTENTION, body.overload(), roles, inputs, attributes(), body);
        Map<String, Value> present = new LinkedHashMap<>();
        if (in.isCached()) {
            present.put("key", outputs.get(1));
            present.put("value", outputs.get(2));
        }
        return new AttentionValues.Result(outputs.get(0), present);
    }

    /** exp(lambda_q1 . lambda_k1) - exp(lambda_q2 . lambda_k2) + lambda_init, float32 [1]. */
    private Value lambda() {
        Value first = exponent("lambda_first", AttentionWeight.LAMBDA_Q1, AttentionWeight.LAMBDA_K1);
        Value second = exponent("lambda_second", AttentionWeight.LAMBDA_Q2, AttentionWeight.LAMBDA_K2);
        Value difference = ops.sub("lambda_difference", first, second);
        return ops.add("lambda", difference, ops.real((float) attention.lambdaInit()));
    }

    private Value exponent(String role, AttentionWeight query, AttentionWeight key) {
        Value q = ops.cast(role + "_q", in.weight(query), DType.FLOAT32);
        Value k = ops.cast(role + "_k", in.weight(key), DType.FLOAT32);
        return ops.exp(role, ops.sum(role + "_dot", ops.mul(role + "_product", q, k), 0));
    }

    private Map<String, Attribute> attributes() {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("num_heads", new Attribute.Int(attention.heads().query()));
        attributes.put("scale", new Attribute.Real((float) attention.scale()));
        attributes.put("norm_epsilon", new Attribute.Real((float) attention.epsilon()));
        attributes.put("norm_scale", new Attribute.Real((float) (1 - attention.lambdaInit())));
        if (in.cache() instanceof KvCache.Static cache) {
            attributes.put("max_len", new Attribute.Int(cache.maxLen()));
        }
        return attributes;
    }
}

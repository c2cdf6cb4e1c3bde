package dev.heddle.models.attention;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import java.util.List;

/** Emits what happens to each head's context after the product with the values: norm, gate, merge of heads. */
final class ContextStages {

    private ContextStages() {}

    /**
     * In float32.
     *
     * @param attended [batch, heads, q_len, d]
     * @param inputs of MultiTokenAttention
     * @return [batch, q_len, heads * d]
     */
    static Value emit(OnnxOps ops, SoftmaxAttention attention, Value attended, List<Value> inputs) {
        Value context = attended;
        if (attention.norm() instanceof ContextNorm.PerHeadRms) {
            Value weight = ops.cast("norm_weight_f32", inputs.get(11), DType.FLOAT32);
            Value normed = rms(ops, context, ops.scope().scalar("norm_epsilon"));
            Value scaled = ops.mul("normed_weighted", normed, weight);
            context = ops.mul("normed_scaled", scaled, ops.scope().scalar("norm_scale"));
        }
        if (!(attention.gate() instanceof Gate.None)) {
            Value gateWeight = ops.cast("gate_weight_f32", inputs.get(12), DType.FLOAT32);
            Value weight = ops.transpose("gate_weight_t", gateWeight, 1, 0);
            Value bias = ops.cast("gate_bias_f32", inputs.get(13), DType.FLOAT32);
            Value logits = ops.add("gate_logits", ops.matMul("gate_product", context, weight), bias);
            context = ops.mul("gated", context, ops.sigmoid("gate", logits));
        }
        return merged(ops, context, inputs.get(0).dtype());
    }

    /** x / sqrt(mean(x^2) + epsilon) over the last axis; float32. */
    static Value rms(OnnxOps ops, Value x, Value epsilon) {
        Value mean = ops.meanLast("norm_mean", ops.mul("norm_squares", x, x));
        Value root = ops.sqrt("norm_root", ops.add("norm_mean_epsilon", mean, epsilon));
        return ops.div("normed", x, root);
    }

    /** [batch, heads, q_len, d] as [batch, q_len, heads * d], in the given type. */
    static Value merged(OnnxOps ops, Value context, DType dtype) {
        Value byToken = ops.transpose("context_by_token", context, 0, 2, 1, 3);
        return ops.reshape("context", ops.cast("context_cast", byToken, dtype), 0, 0, -1);
    }
}

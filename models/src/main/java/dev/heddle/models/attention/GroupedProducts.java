package dev.heddle.models.attention;

import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;

/**
 * Emits the two matrix products of attention, in float32. Query heads that share a key head become rows of one product, so keys and values are never repeated.
 *
 * @param grouped whether several query heads share a key head
 */
record GroupedProducts(OnnxOps ops, boolean grouped) {

    /** queries keys^T * scale, [batch, heads, rows, keys]. */
    Value scores(Value queries, Value keys) {
        Value scaled = ops.mul("scaled_queries", queries, ops.scope().scalar("scale"));
        return product("scores", scaled, ops.transpose("keys_t", keys, 0, 1, 3, 2));
    }

    /** probs values, [batch, heads, rows, d]. */
    Value attended(Value probs, Value values) {
        return product("attended", probs, values);
    }

    private Value product(String role, Value byHead, Value byKeyHead) {
        if (!grouped) {
            return ops.matMul(role, byHead, byKeyHead);
        }
        Value shape = ops.concat(
                role + "_grouped_shape",
                0,
                ops.integers(0),
                ops.length(role + "_kv_heads", byKeyHead, 1),
                ops.integers(-1),
                ops.length(role + "_inner", byHead, 3));
        Value product = ops.matMul(role + "_grouped", ops.reshapeTo(role + "_rows", byHead, shape), byKeyHead);
        Value heads = ops.concat(role + "_shape", 0, ops.lengths(role + "_head_rows", byHead, 0, 3), ops.integers(-1));
        return ops.reshapeTo(role, product, heads);
    }
}

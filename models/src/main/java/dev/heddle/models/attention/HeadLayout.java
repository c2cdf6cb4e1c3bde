package dev.heddle.models.attention;

import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;

/** Emits the change from projections to heads. */
final class HeadLayout {

    private HeadLayout() {}

    /** [batch, q_len, heads * size] as [batch, heads, q_len, size]. */
    static Value split(OnnxOps ops, String role, Value x, int heads, int size) {
        Value split = ops.reshape(role + "_by_token", x, 0, 0, heads, size);
        return ops.transpose(role, split, 0, 2, 1, 3);
    }
}

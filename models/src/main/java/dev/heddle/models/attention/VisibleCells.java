package dev.heddle.models.attention;

import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;

/**
 * Emits which (query row, key) cells are visible: the key is not later than the row, lies in the window, and both tokens are real. Rows and keys are counted in
 * slots from the end, so trimmed and untrimmed caches, left and right padding all come out right.
 */
final class VisibleCells {

    private VisibleCells() {}

    /**
     * @param keyMask [batch, total_len] bool; the last columns are used
     * @param rows number of query rows, int64 [1]; they are the last slots
     * @param keys number of keys, int64 [1]; the same value as {@code rows} if there are no earlier ones
     * @param window keys a row sees, int64 scalar; {@link Value#ABSENT} = all
     * @return [batch, 1, rows, keys] bool
     */
    static Value emit(OnnxOps ops, Value keyMask, Value rows, Value keys, Value window) {
        Value realKeys = ops.last("real_keys", keyMask, 1, keys);
        Value realQueries = rows == keys ? realKeys : ops.last("real_queries", realKeys, 1, rows);
        return emit(ops, realKeys, ops.unsqueeze("real_rows", realQueries, 1, 3), rows, keys, window);
    }

    /**
     * @param realKeys [batch, keys] bool, true = real token
     * @param realRows [batch, 1, rows, 1] bool
     */
    static Value emit(OnnxOps ops, Value realKeys, Value realRows, Value rows, Value keys, Value window) {
        Value slots = ops.range("slots", keys);
        Value keySlots = ops.unsqueeze("key_slots", slots, 0);
        Value lastSlots = rows == keys ? slots : ops.last("last_slots", slots, 0, rows);
        Value rowSlots = ops.unsqueeze("row_slots", lastSlots, 1);
        Value allowed = ops.lessOrEqual("causal", keySlots, rowSlots);
        if (!window.isAbsent()) {
            Value before = ops.sub("window_start", rowSlots, window);
            allowed = ops.and("causal_window", allowed, ops.greater("in_window", keySlots, before));
        }
        Value real = ops.and("real_cells", ops.unsqueeze("real_columns", realKeys, 1, 2), realRows);
        return ops.and("visible", allowed, real);
    }
}

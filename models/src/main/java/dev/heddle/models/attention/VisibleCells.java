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
     * @param keyMask [batch, total_len] bool
     * @param rows number of query rows, int64 [1]; they are the last slots
     * @param keys number of keys, int64 [1]; they are the last slots
     * @param window keys a row sees, int64 scalar; {@link Value#ABSENT} = all
     * @return [batch, 1, rows, keys] bool
     */
    static Value emit(OnnxOps ops, Value keyMask, Value rows, Value keys, Value window) {
        Value slots = ops.range("slots", keys);
        Value rowSlots = ops.unsqueeze("row_slots", ops.last("last_slots", slots, 0, rows), 1);
        Value allowed = ops.lessOrEqual("causal", ops.unsqueeze("key_slots", slots, 0), rowSlots);
        if (!window.isAbsent()) {
            Value before = ops.sub("window_start", rowSlots, window);
            allowed = ops.and(
                    "causal_window", allowed, ops.greater("in_window", ops.unsqueeze("key_slots", slots, 0), before));
        }
        Value realKeys = ops.last("real_keys", keyMask, 1, keys);
        Value realRows = ops.last("real_rows", realKeys, 1, rows);
        Value real = ops.and(
                "real",
                ops.unsqueeze("real_keys_row", realKeys, 1, 2),
                ops.unsqueeze("real_rows_column", realRows, 1, 3));
        return ops.and("visible", allowed, real);
    }
}

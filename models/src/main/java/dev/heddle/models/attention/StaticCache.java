package dev.heddle.models.attention;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;

/**
 * Emits what a static cache needs in ONNX's own operators. Row b of the batch holds {@code pastLens[b]} real tokens; its new real tokens, which lie together,
 * go behind them. Numbers are int64.
 *
 * @param slots rows of the cache, 0 to max_len - 1, [1, max_len]
 * @param pastLens real tokens in the cache, [batch, 1]
 * @param newLens new real tokens, [batch, 1]
 * @param totalLens real tokens after the step, [batch, 1]
 * @param first column of the first new real token, 0 if there is none, [batch, 1]
 */
record StaticCache(OnnxOps ops, Value slots, Value pastLens, Value newLens, Value totalLens, Value first) {

    /**
     * @param keyMask [batch, total_len] bool, the new tokens in the last columns
     * @param pastKey the cache, [batch, kv_heads, max_len, d]
     * @param query what is new, [batch, heads, q_len, d]
     */
    static StaticCache of(OnnxOps ops, Value keyMask, Value pastKey, Value query) {
        Value slots = ops.unsqueeze("slots", ops.range("slot_numbers", ops.length("max_len", pastKey, 2)), 0);
        Value tokens = ops.length("token_count", query, 2);
        Value newMask = ops.last("new_mask", keyMask, 1, tokens);
        Value newLens = count(ops, "new_lens", newMask);
        Value totalLens = count(ops, "total_lens", keyMask);
        Value pastLens = ops.sub("past_lens", totalLens, newLens);
        Value fromEnd = ops.sub("columns_from_end", tokens, ops.range("columns", tokens));
        Value lead = ops.max("first_from_end", ops.where("real_from_end", newMask, fromEnd, ops.integers(0)), 1);
        Value any = ops.greater("any_new", lead, ops.integers(0));
        Value first = ops.where("first_new", any, ops.sub("pads_before", tokens, lead), ops.integers(0));
        return new StaticCache(ops, slots, pastLens, newLens, totalLens, first);
    }

    private static Value count(OnnxOps ops, String role, Value mask) {
        return ops.sum(role, ops.cast(role + "_mask", mask, DType.INT64), 1);
    }

    /** Keys and values with the new tokens in them. */
    record Appended(Value keys, Value values) {}

    /**
     * Where past and result are the same memory it comes out right in any order of nodes: nothing else reads the past's elements.
     *
     * @param past keys and values, [batch, kv_heads, max_len, d]
     * @param fresh keys and values, [batch, kv_heads, q_len, d]
     */
    Appended append(Appended past, Appended fresh) {
        Value reached = ops.lessOrEqual("behind_past", pastLens, slots);
        Value isNew = ops.and("new_slots", reached, ops.greater("before_end", totalLens, slots));
        Value columns = ops.add("slot_columns", slots, ops.sub("column_shift", first, pastLens));
        Value safe = ops.where("new_columns", isNew, columns, ops.integers(0));
        Value indices = byHead("new_indices", safe, past.keys());
        Value cells = ops.unsqueeze("new_cells", isNew, 1, 3);
        Value keys = ops.gatherElements("new_keys", fresh.keys(), indices, 2);
        Value values = ops.gatherElements("new_values", fresh.values(), indices, 2);
        return new Appended(
                ops.where("present_key", cells, keys, past.keys()),
                ops.where("present_value", cells, values, past.values()));
    }

    /**
     * Which cache rows the query rows see.
     *
     * @param rowCount number of query rows, int64 [1]
     * @param history how many of them are earlier than the new ones
     * @param window keys a row sees, int64 scalar; {@link Value#ABSENT} = all
     * @return [batch, 1, rowCount, max_len] bool
     */
    Value visible(Value rowCount, int history, Value window) {
        Value keySlots = ops.unsqueeze("key_slots", slots, 1, 2);
        Value start = ops.sub("first_row_slot", pastLens, first);
        Value oldest = history == 0 ? start : ops.sub("oldest_row_slot", start, ops.integers(history));
        Value rows = ops.add("row_slots", oldest, ops.unsqueeze("rows", ops.range("row_numbers", rowCount), 0));
        Value rowSlots = ops.unsqueeze("row_slots_by_key", rows, 1, 3);
        Value allowed = ops.lessOrEqual("causal", keySlots, rowSlots);
        if (!window.isAbsent()) {
            Value before = ops.sub("window_start", rowSlots, window);
            allowed = ops.and("causal_window", allowed, ops.greater("in_window", keySlots, before));
        }
        Value limit = ops.unsqueeze("total_lens_by_key", totalLens, 2, 3);
        return ops.and("visible", allowed, ops.greater("real_rows", limit, rowSlots));
    }

    /**
     * The last queries of real tokens.
     *
     * @param joined past queries, then new ones, [batch, heads, history + q_len, d]
     * @param past [batch, heads, history, d]
     */
    Value lastQueries(Value joined, Value past) {
        Value taken = ops.add("rows_before_last", first, newLens);
        Value numbers = ops.range("history_numbers", ops.length("history", past, 2));
        Value rows = ops.add("last_rows", taken, ops.unsqueeze("history_rows", numbers, 0));
        return ops.gatherElements("present_query", joined, byHead("last_indices", rows, past), 2);
    }

    /** Rows [batch, n] for each head and element, in the shape of {@code like}. */
    private Value byHead(String role, Value rows, Value like) {
        Value shape = ops.lengths(role + "_shape", like, 0, 4);
        return ops.expand(role, ops.unsqueeze(role + "_by_head", rows, 1, 3), shape);
    }
}

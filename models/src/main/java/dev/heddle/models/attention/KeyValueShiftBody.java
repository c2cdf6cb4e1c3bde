package dev.heddle.models.attention;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionBody;
import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import java.util.ArrayList;
import java.util.List;

/** {@code KVShift} in ONNX's own operators; inputs as {@link dev.heddle.ops.CustomOps#KV_SHIFT} lists them. */
record KeyValueShiftBody(int taps, boolean cached) implements FunctionBody {

    /** Name of this body among those of the operator. */
    String overload() {
        return "taps" + taps + (cached ? "_cached" : "");
    }

    @Override
    public List<Value> emit(GraphScope scope, List<Value> inputs) {
        OnnxOps ops = new OnnxOps(scope);
        Value x = inputs.get(0);
        Value tokenMask = inputs.get(2);
        Value zero = ops.cast("zero", scope.constant(Literal.float32(0)), x.dtype());
        Value raw = ops.where("raw", ops.unsqueeze("real", tokenMask, 1, 3), x, zero);
        Value extended =
                cached ? ops.concat("extended", 2, inputs.get(3), raw) : ops.padFront("extended", raw, 2, taps - 1);
        Value length = ops.length("q_len", x, 2);
        List<Value> outputs = new ArrayList<>();
        outputs.add(shifted(ops, length, extended, inputs.get(1)));
        if (cached) {
            outputs.add(lastReal(ops, x, length, extended, tokenMask));
        }
        return outputs;
    }

    /** sum_c weight[g, c] * extended[t + c], in float32. */
    private Value shifted(OnnxOps ops, Value length, Value raw, Value rawWeight) {
        Value extended = ops.cast("extended_f32", raw, DType.FLOAT32);
        Value weight = ops.cast("weight_f32", rawWeight, DType.FLOAT32);
        Value sum = Value.ABSENT;
        for (int tap = 0; tap < taps; tap++) {
            boolean current = tap == taps - 1;
            Value rows = ops.slice("tap_rows_" + tap, extended, 2, ops.integers(tap), end(ops, length, tap));
            Value column = ops.slice("tap_column_" + tap, weight, 1, tap, tap + 1L);
            Value term = ops.mul("tap_term_" + tap, rows, ops.unsqueeze("tap_weight_" + tap, column, 2));
            String role = current && raw.dtype() == DType.FLOAT32 ? "y" : "tap_sum_" + tap;
            sum = sum.isAbsent() ? term : ops.add(role, sum, term);
        }
        return ops.cast("y", sum, raw.dtype());
    }

    /** After the last row that a tap reads: length + tap. */
    private Value end(OnnxOps ops, Value length, int tap) {
        if (tap == taps - 1) {
            return ops.integers(Long.MAX_VALUE);
        }
        return tap == 0 ? length : ops.add("tap_end_" + tap, length, ops.integers(tap));
    }

    /**
     * The raw rows of the last real tokens. If m is one more than the index of the last real token (0 if there is none), they are rows m to m + taps - 2 of the
     * extended sequence.
     */
    private Value lastReal(OnnxOps ops, Value x, Value length, Value extended, Value tokenMask) {
        Value counts = ops.add("token_counts", ops.range("token_slots", length), ops.integers(1));
        Value end = ops.max("end_of_real", ops.where("real_counts", tokenMask, counts, ops.integers(0)), 1);
        Value rows = taps == 2 ? end : ops.add("last_rows", end, ops.scope().constant(Literal.int64s(offsets())));
        Value shape = ops.concat(
                "last_shape",
                0,
                ops.integers(1),
                ops.length("kv_heads", x, 1),
                ops.integers(1),
                ops.length("head_dim", x, 3));
        Value indices = ops.expand("last_indices", ops.unsqueeze("last_rows_by_head", rows, 1, 3), shape);
        return ops.gatherElements("new_last", extended, indices, 2);
    }

    private long[] offsets() {
        long[] offsets = new long[taps - 1];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = i;
        }
        return offsets;
    }
}

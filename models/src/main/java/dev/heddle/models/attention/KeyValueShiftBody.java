package dev.heddle.models.attention;

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
        List<Value> outputs = new ArrayList<>();
        outputs.add(shifted(ops, x, extended, inputs.get(1)));
        if (cached) {
            outputs.add(lastReal(ops, x, extended, tokenMask));
        }
        return outputs;
    }

    /** sum_c weight[g, c] * extended[t + c]. */
    private Value shifted(OnnxOps ops, Value x, Value extended, Value weight) {
        Value length = ops.length("q_len", x, 2);
        Value sum = Value.ABSENT;
        for (int tap = 0; tap < taps; tap++) {
            boolean current = tap == taps - 1;
            Value end = current ? ops.integers(Long.MAX_VALUE) : ops.add("end_" + tap, length, ops.integers(tap));
            Value rows = ops.slice("rows_" + tap, extended, 2, ops.integers(tap), end);
            Value factor = ops.unsqueeze("factor_" + tap, ops.slice("column_" + tap, weight, 1, tap, tap + 1L), 2);
            Value term = ops.mul("term_" + tap, rows, factor);
            sum = sum.isAbsent() ? term : ops.add(current ? "y" : "sum_" + tap, sum, term);
        }
        return sum;
    }

    /**
     * The raw rows of the last real tokens. If m is one more than the index of the last real token (0 if there is none), they are rows m to m + taps - 2 of the
     * extended sequence.
     */
    private Value lastReal(OnnxOps ops, Value x, Value extended, Value tokenMask) {
        Value counts = ops.add("counts", ops.range("steps", ops.length("token_count", x, 2)), ops.integers(1));
        Value reached = ops.where("reached", tokenMask, counts, ops.integers(0));
        Value end = ops.max("end_of_real", reached, 1);
        Value offsets = ops.scope().constant(Literal.int64s(offsets()));
        Value rows = ops.unsqueeze("last_rows", ops.add("last_index", end, offsets), 1, 3);
        Value shape = ops.concat(
                "last_shape",
                0,
                ops.length("batch", x, 0),
                ops.length("kv_heads", x, 1),
                ops.integers(taps - 1L),
                ops.length("head_dim", x, 3));
        return ops.gatherElements("new_last", extended, ops.expand("last_rows_expanded", rows, shape), 2);
    }

    private long[] offsets() {
        long[] offsets = new long[taps - 1];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = i;
        }
        return offsets;
    }
}

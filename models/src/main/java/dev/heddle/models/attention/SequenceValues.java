package dev.heddle.models.attention;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of one graph that all layers share: masks, positions, and what is derived from them once. Part of the recording of one graph; not thread-safe.
 */
public final class SequenceValues {

    private final GraphScope scope;
    private final Value keyMask;
    private final Value positions;
    private final Map<String, RotaryTables> rotaryTables = new HashMap<>();
    private final Map<String, Value> visible = new HashMap<>();
    private @Nullable Value tokenCount;
    private @Nullable Value tokenMask;
    private @Nullable Value realRows;

    /** Cosines and sines of the new tokens' angles, each float32 [batch, q_len, d / 2]. */
    record RotaryTables(Value cos, Value sin) {}

    /**
     * @param scope the graph's root
     * @param keyMask [batch, total_len] bool, true = real token
     * @param positions [batch, q_len] int64
     */
    public SequenceValues(GraphScope scope, Value keyMask, Value positions) {
        this.scope = scope;
        this.keyMask = keyMask;
        this.positions = positions;
    }

    Value keyMask() {
        return keyMask;
    }

    /** Number of new tokens, int64 [1]. */
    private Value tokenCount() {
        if (tokenCount == null) {
            tokenCount = masks().length("q_len", positions, 1);
        }
        return tokenCount;
    }

    /** The new tokens' part of the mask, [batch, q_len] bool. */
    Value tokenMask() {
        if (tokenMask == null) {
            boolean all = keyMask.shape().equals(positions.shape());
            tokenMask = all ? keyMask : masks().last("real_tokens", keyMask, 1, tokenCount());
        }
        return tokenMask;
    }

    /** The same for every head and key, [batch, 1, q_len, 1] bool. */
    Value realRows() {
        if (realRows == null) {
            realRows = masks().unsqueeze("real_rows", tokenMask(), 1, 3);
        }
        return realRows;
    }

    private OnnxOps masks() {
        return new OnnxOps(scope.child("mask"));
    }

    /** Angles in float32 whatever the model's dtype. */
    RotaryTables rotaryTables(Positions.Rope rope, int headSize) {
        return rotaryTables.computeIfAbsent(rope + " " + headSize, key -> {
            OnnxOps ops = new OnnxOps(scope.child("rope_d" + headSize));
            Value time = ops.unsqueeze("positions", ops.cast("positions_f32", positions, DType.FLOAT32), 2);
            Value frequencies = ops.scope().constant("frequencies", Literal.float32s(rope.frequencies(headSize)));
            Value angles = ops.mul("angles", time, frequencies);
            return new RotaryTables(ops.cos("cos", angles), ops.sin("sin", angles));
        });
    }

    /**
     * Which keys the new tokens see, [batch, 1, q_len, past_len + q_len] bool.
     *
     * @param pastKey the layer's past keys, or {@link Value#ABSENT}
     */
    Value visible(Mask mask, Value pastKey) {
        String length = pastKey.isAbsent() ? "" : pastKey.shape().dim(2).toString();
        return visible.computeIfAbsent(
                mask + " " + length,
                key -> mask instanceof Mask.SlidingWindow window
                        ? visible("window" + window.size(), pastKey, masks().integerScalar(window.size()))
                        : visible("full", pastKey, Value.ABSENT));
    }

    private Value visible(String kind, Value pastKey, Value window) {
        OnnxOps ops = new OnnxOps(masks().scope().child(kind));
        Value rows = tokenCount();
        if (pastKey.isAbsent()) {
            return VisibleCells.emit(ops, tokenMask(), realRows(), rows, rows, window);
        }
        Value keys = ops.add("kv_len", ops.length("past_len", pastKey, 2), rows);
        Value realKeys = ops.last("real_keys", keyMask, 1, keys);
        return VisibleCells.emit(ops, realKeys, realRows(), rows, keys, window);
    }
}

package dev.heddle.models.attention;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import java.util.List;

/** Emits RoPE in float32: {@code RotaryEmbedding} where the opset has it, its arithmetic elsewhere. */
final class Rotation {

    private static final int FIRST_OPSET_WITH_ROTARY_EMBEDDING = 23;

    private Rotation() {}

    /** x [batch, heads, q_len, d]; the same if there are no positions. */
    static Value emit(OnnxOps ops, String role, Value x, Positions positions, SequenceValues sequence) {
        if (!(positions instanceof Positions.Rope rope)) {
            return x;
        }
        int size = Math.toIntExact(x.shape().dim(3).constant());
        SequenceValues.RotaryTables tables = sequence.rotaryTables(rope, size);
        if (x.dtype() == DType.FLOAT32) {
            return rotated(ops, role, x, rope.style(), tables);
        }
        Value wide = ops.cast(role + "_input", x, DType.FLOAT32);
        return ops.cast(role, rotated(ops, role + "_f32", wide, rope.style(), tables), x.dtype());
    }

    private static Value rotated(
            OnnxOps ops, String role, Value x, RopeStyle style, SequenceValues.RotaryTables tables) {
        if (ops.scope().opset() >= FIRST_OPSET_WITH_ROTARY_EMBEDDING) {
            return ops.rotaryEmbedding(role, x, tables.cos(), tables.sin(), style == RopeStyle.INTERLEAVED);
        }
        return switch (style) {
            case ROTATE_HALF -> rotateHalf(ops, role, x, tables);
            case INTERLEAVED -> interleaved(ops, role, x, tables);
        };
    }

    private static Value rotateHalf(OnnxOps ops, String role, Value x, SequenceValues.RotaryTables tables) {
        Value cos = ops.unsqueeze(role + "_cos", tables.cos(), 1);
        Value sin = ops.unsqueeze(role + "_sin", tables.sin(), 1);
        List<Value> halves = ops.split(x, 3, role + "_first", role + "_second");
        Rotated rotated = rotate(ops, role, halves, cos, sin);
        return ops.concat(role, 3, rotated.first(), rotated.second());
    }

    private static Value interleaved(OnnxOps ops, String role, Value x, SequenceValues.RotaryTables tables) {
        long size = x.shape().dim(3).constant();
        Value cos = ops.unsqueeze(role + "_cos", tables.cos(), 1, 4);
        Value sin = ops.unsqueeze(role + "_sin", tables.sin(), 1, 4);
        Value pairs = ops.reshape(role + "_pairs", x, 0, 0, 0, size / 2, 2);
        List<Value> halves = ops.split(pairs, 4, role + "_even", role + "_odd");
        Rotated rotated = rotate(ops, role, halves, cos, sin);
        return ops.reshape(role, ops.concat(role + "_turned", 4, rotated.first(), rotated.second()), 0, 0, 0, size);
    }

    private record Rotated(Value first, Value second) {}

    private static Rotated rotate(OnnxOps ops, String role, List<Value> pair, Value cos, Value sin) {
        Value a = pair.get(0);
        Value b = pair.get(1);
        Value first = ops.sub(
                role + "_turned_first", ops.mul(role + "_first_cos", a, cos), ops.mul(role + "_second_sin", b, sin));
        Value second = ops.add(
                role + "_turned_second", ops.mul(role + "_second_cos", b, cos), ops.mul(role + "_first_sin", a, sin));
        return new Rotated(first, second);
    }
}

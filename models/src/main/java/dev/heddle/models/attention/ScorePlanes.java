package dev.heddle.models.attention;

import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import java.util.List;

/**
 * Emits what happens on the (query row, key) planes of all heads, float32 [batch, heads, rows, keys].
 *
 * @param visible [batch, 1, rows, keys] bool
 */
record ScorePlanes(OnnxOps ops, Value visible) {

    /** Below every score, and finite, so that a row that sees nothing gives no NaN. */
    private static final float LOWEST = -Float.MAX_VALUE;

    /** Invisible cells set to 0. */
    Value masked(String role, Value plane) {
        return ops.where(role, visible, plane, ops.real(0));
    }

    /** The convolution of the masked plane; the plane itself if there is none. */
    Value convolved(String place, Value plane, Value kernel, ScoreConvolution convolution) {
        if (!(convolution instanceof ScoreConvolution.KeyQuery shape)) {
            return plane;
        }
        long left = shape.padding().left(shape.keyWidth());
        long right = shape.padding().right(shape.keyWidth());
        Value input = place.equals("pre") ? masked("pre_masked", plane) : plane;
        return ops.conv(
                place + "_convolved",
                input,
                kernel,
                ops.scope().attribute("num_heads"),
                List.of((long) shape.queryReach(), left, 0L, right));
    }

    /** Heads mixed inside their groups; the plane itself if there is no mix [groups, size, size]. */
    Value mixed(String place, Value plane, Value mix) {
        if (mix.isAbsent()) {
            return plane;
        }
        Value groups = ops.concat(
                place + "_groups_shape",
                0,
                ops.integers(0),
                ops.lengths(place + "_groups", mix, 0, 2),
                ops.integers(-1));
        Value flat = ops.reshapeTo(place + "_grouped", plane, groups);
        Value product = ops.matMul(place + "_mixed_groups", mix, flat);
        Value shape = ops.lengths(place + "_plane_shape", plane, 0, 4);
        return ops.reshapeTo(place + "_mixed", product, shape);
    }

    /** Over visible keys; 0 elsewhere. */
    Value softmax(Value scores) {
        Value hidden = ops.where("scores_visible", visible, scores, ops.real(LOWEST));
        Value weights = ops.softmaxLast("softmax", hidden);
        return ops.where("probs", visible, weights, ops.real(0));
    }
}

package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightReader;
import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Mistakes that exporters make, each planted into a sample's model (expanded; opset 21 unless it says another). A new one is one entry.
 *
 * <p>The plant edits the model; the place is the node that a search must name.
 */
enum PlantedFault {
    KERNEL_FLIPPED_IN_QUERY_DIRECTION(
            "ram-mta-v2",
            edit -> edit.weight(Place.V2 + "mta_kernel", values -> flipped(values, 6, 11, true)),
            Place.V2 + "pre_convolved/Conv"),
    KERNEL_FLIPPED_IN_KEY_DIRECTION(
            "ram-mta-v2",
            edit -> edit.weight(Place.V2 + "mta_kernel_after_sm", values -> flipped(values, 6, 11, false)),
            Place.V2 + "post_convolved/Conv"),
    HEAD_KERNEL_TRANSPOSED(
            "ram-mta-v2",
            edit -> edit.weight(Place.V2 + "head_kernel_t", values -> transposed(values, 4)),
            Place.V2 + "post_mixed_groups/MatMul"),
    NO_MASK_BEFORE_SOFTMAX(
            "ram-mta-v2",
            edit -> edit.replace(Place.V2 + "pre_masked", "Identity", Map.of(), Place.V2 + "scores"),
            Place.V2 + "pre_masked/Identity"),
    NO_MASK_AFTER_SOFTMAX(
            "ram-mta-v2",
            edit -> edit.replace(Place.V2 + "post_masked", "Identity", Map.of(), Place.V2 + "post_convolved"),
            Place.V2 + "post_masked/Identity"),
    ONE_CACHED_QUERY_TOO_FEW(
            "ram-mta-v2",
            edit -> edit.constant("nine", Literal.int64s(-9)).reroute("present.1.query", 1, "nine"),
            Place.V2 + "present_query/Slice"),
    ROW_BEFORE_THE_FIRST_NOT_ZEROED(
            "ram-mta-v2",
            edit -> edit.replace(Place.V2 + "probs", "Identity", Map.of(), Place.V2 + "softmax"),
            Place.V2 + "probs/Identity"),
    SHIFT_COLUMNS_SWAPPED(
            "baichuan-m1-tiny",
            edit -> edit.weight(Place.M1 + "conv_k", values -> flipped(values, 2, 2, false)),
            Place.M1 + "k_shift.tap_column_0/Slice"),
    SHIFT_AFTER_ROPE(
            "baichuan-m1-tiny",
            edit -> edit.rerouteAll(Place.M1 + "k_rot", "was_k_rot")
                    .rerouteAll(Place.M1 + "k_shift.y", "was_shifted")
                    .rerouteAll(Place.M1 + "k_heads", "was_raw")
                    .reroute(Place.M1 + "k_rot_first", 0, Place.M1 + "k_heads")
                    .rerouteAll("was_raw", Place.M1 + "k_rot")
                    .rerouteAll("was_k_rot", Place.M1 + "k_shift.y"),
            Place.M1 + "k_rot_first/Split"),
    LAST_VALUE_CACHED_AFTER_THE_SHIFT(
            "baichuan-m1-tiny",
            edit -> edit.constant("last", Literal.int64s(-1))
                    .constant("end", Literal.int64s(Long.MAX_VALUE))
                    .constant("axis", Literal.int64s(2))
                    .replace("present.1.last_value", "Slice", Map.of(), Place.M1 + "v_shift.y", "last", "end", "axis"),
            "present.1.last_value/Slice"),
    ROTATION_OF_HALVES_FOR_PAIRS(
            "llama-tiny",
            23,
            edit -> edit.attribute(Place.M1 + "q_rot", "interleaved", new Attribute.Int(1)),
            Place.M1 + "q_rot/RotaryEmbedding"),
    HEAD_NOT_NORMED(
            "baichuan-m1-tiny",
            edit -> edit.weight("lm_head.weight_unit_t", values -> stored("baichuan-m1-tiny", "lm_head.weight")),
            "lm_head.logits/MatMul"),
    WINDOW_OFF_BY_ONE(
            "baichuan-m1-tiny",
            edit -> edit.replace(
                    Place.M1 + "in_window",
                    "GreaterOrEqual",
                    Map.of(),
                    Place.M1 + "key_slots",
                    Place.M1 + "window_start"),
            Place.M1 + "in_window/GreaterOrEqual"),
    GATE_FED_BEFORE_THE_NORM(
            "ram-mta-v2",
            edit -> edit.reroute(Place.V2 + "gate_product", 0, Place.V2 + "attended"),
            Place.V2 + "gate_product/MatMul"),
    DEPTH_FACTOR_OF_THE_NEXT_LAYER(
            "ram-mta-v1",
            edit -> edit.constant("factor", Literal.float32(0.5f)).reroute(Place.V2 + "normed_scaled", 1, "factor"),
            Place.V2 + "normed_scaled/Mul"),
    ONE_WEIGHT_ROW_ZEROED(
            "ram-mta-v2",
            edit -> edit.weight("layers.1.feed_forward.w2.weight_t", PlantedFault::firstRowZero),
            "layers.1.feed_forward.w2.out/MatMul"),
    /**
     * ONNX Runtime computes float16 in float32 on CPU and drops the casts, so probabilities are rounded to the 11 bits of a half by Veltkamp's splitting: with
     * c = (2^13 + 1) x, c - (c - x).
     */
    SOFTMAX_IN_HALF_PRECISION(
            "ram-mta-v2",
            edit -> edit.constant("splitter", Literal.float32(8193))
                    .add("fine", "Softmax", Map.of("axis", new Attribute.Int(-1)), Place.V2 + "scores_visible")
                    .add("scaled", "Mul", Map.of(), "fine", "splitter")
                    .add("rest", "Sub", Map.of(), "scaled", "fine")
                    .replace(Place.V2 + "softmax", "Sub", Map.of(), "scaled", "rest"),
            Place.V2 + "softmax/Sub"),
    PADDING_MASK_IGNORED(
            "ram-mta-v2",
            edit -> edit.constant("none", Literal.int64s(-1))
                    .replace("mask.real", "Greater", Map.of(), "attention_mask", "none"),
            "mask.real/Greater");

    /** Paths of the layers that are broken. */
    private static final class Place {
        static final String V2 = "layers.1.attention.";
        static final String M1 = "model.layers.1.self_attn.";
    }

    private final String sample;
    private final int opset;
    private final UnaryOperator<GraphEdit> plant;
    private final String place;

    PlantedFault(String sample, UnaryOperator<GraphEdit> plant, String place) {
        this(sample, 21, plant, place);
    }

    PlantedFault(String sample, int opset, UnaryOperator<GraphEdit> plant, String place) {
        this.sample = sample;
        this.opset = opset;
        this.plant = plant;
        this.place = place;
    }

    ExportedSample sample() {
        return ExportedSample.of(sample, opset);
    }

    UnaryOperator<GraphEdit> plant() {
        return plant;
    }

    /** Name of the node to be found. */
    String place() {
        return place;
    }

    private static float[] flipped(float[] values, int rows, int columns, boolean byRow) {
        float[] changed = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int row = i / columns % rows;
            int column = i % columns;
            int plane = i / (rows * columns) * rows * columns;
            int from = byRow ? (rows - 1 - row) * columns + column : row * columns + columns - 1 - column;
            changed[i] = values[plane + from];
        }
        return changed;
    }

    private static float[] transposed(float[] values, int size) {
        float[] changed = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            changed[i] = values[i / (size * size) * size * size + i % size * size + i / size % size];
        }
        return changed;
    }

    /** A matrix as the checkpoint has it, transposed. */
    private static float[] stored(String sample, String tensor) {
        try (SourceModel source = ExportedSample.of(sample).source()) {
            Shape shape = source.checkpoint().tensors().get(tensor).shape();
            double[] values = new WeightReader(source.checkpoint())
                    .doubles(new Weight.Transposed(new Weight.Stored(tensor, shape)))
                    .data();
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            return floats;
        }
    }

    private static float[] firstRowZero(float[] values) {
        float[] changed = values.clone();
        Arrays.fill(changed, 0, 32, 0);
        return changed;
    }
}

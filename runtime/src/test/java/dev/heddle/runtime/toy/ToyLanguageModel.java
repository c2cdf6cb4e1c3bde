package dev.heddle.runtime.toy;

import static dev.heddle.runtime.session.DType.FLOAT32;
import static dev.heddle.runtime.session.DType.INT64;

import dev.heddle.runtime.session.HostTensor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A causal "language model" of one layer whose context is a running sum: context[t] = sum of 2 x[s] + x[s-1] over s
 * in 0..t, x being the embedding of a token, or zero where the attention mask is 0.
 *
 * <p>logits = ((context + position * p) mod 7) . W with small integer weights, so every sum is exact in float32 and
 * the result does not depend on how the sequence is cut.
 */
public final class ToyLanguageModel {
    /** Number of tokens. */
    public static final int VOCABULARY = 11;

    private static final int SIZE = 4;

    /** What the graph has beyond the plain whole-sequence form. */
    public enum Part {
        /**
         * State that grows: the rows of the sum, {@code key [batch, 1, past_len, d]}, and {@code last_key [batch, 1,
         * 1, d]}.
         */
        CACHE,
        /** A loop of some ten seconds, which a test must not wait for. */
        LONG,
        /** A loop of some tenths of a second. */
        SLOW,
        /** The last axis of the logits is symbolic. */
        OPEN_VOCABULARY
    }

    private final ToyGraph graph = new ToyGraph();
    private final Set<Part> parts = EnumSet.noneOf(Part.class);

    private ToyLanguageModel(Part... parts) {
        this.parts.addAll(Set.of(parts));
    }

    /** Writes {@code model.onnx} into the folder. */
    public static Path write(Path folder, Part... parts) {
        var model = new ToyLanguageModel(parts);
        model.declare();
        model.compute();
        return model.graph.write(folder);
    }

    private void declare() {
        graph.input("input_ids", INT64, "batch", "q_len")
                .input("attention_mask", INT64, "batch", "total_len")
                .input("position_ids", INT64, "batch", "q_len")
                .output(
                        "logits",
                        FLOAT32,
                        "batch",
                        "q_len",
                        parts.contains(Part.OPEN_VOCABULARY) ? "vocab" : VOCABULARY);
        if (parts.contains(Part.CACHE)) {
            graph.input("past_key_values.0.key", FLOAT32, "batch", 1, "past_len", SIZE)
                    .input("past_key_values.0.last_key", FLOAT32, "batch", 1, 1, SIZE)
                    .output("present.0.key", FLOAT32, "batch", 1, "total_len", SIZE)
                    .output("present.0.last_key", FLOAT32, "batch", 1, 1, SIZE);
        }
    }

    private void compute() {
        graph.constant("zero", 0);
        graph.constant("one", 1);
        graph.constant("minus_one", -1);
        graph.constant("two", 2);
        graph.constant("end", Long.MAX_VALUE);
        graph.constant("embedding", integers(1, VOCABULARY, SIZE));
        graph.constant("positions", integers(2, SIZE));
        graph.constant("output", integers(3, SIZE, VOCABULARY));
        graph.constant("modulus", HostTensor.ofFloats(new float[] {7}));
        graph.constant("nothing", HostTensor.ofFloats(new float[] {0}));
        graph.constant("weight", HostTensor.ofFloats(new float[] {2}));

        String embedded = graph.node("embedded", "Gather", "embedding", "input_ids");
        if (parts.contains(Part.LONG)) {
            embedded = graph.idle("idled", embedded, 5_000_000);
        } else if (parts.contains(Part.SLOW)) {
            embedded = graph.idle("idled", embedded, 100_000);
        }
        graph.node("mask", "Cast", Map.of("to", 1L), "attention_mask");
        graph.node("total_len", "Shape", Map.of("start", 1L, "end", 2L), "attention_mask");
        graph.node("q_len", "Shape", Map.of("start", 1L, "end", 2L), "input_ids");
        graph.node("past_len", "Sub", "total_len", "q_len");
        graph.node("row_mask", "Slice", "mask", "past_len", "end", "one");
        graph.node("column_mask", "Unsqueeze", "row_mask", "minus_one");
        graph.node("masked", "Mul", embedded, "column_mask");
        graph.node("x", "Unsqueeze", "masked", "one");
        shift();
        String keys = "rows";
        if (parts.contains(Part.CACHE)) {
            keys = graph.node("present.0.key", "Concat", Map.of("axis", 2L), "past_key_values.0.key", "rows");
        }
        graph.constant("axis", HostTensor.ofLongs(new long[] {2}));
        graph.node("sums", "CumSum", keys, "axis");
        graph.node("new_sums", "Slice", "sums", "past_len", "end", "two");
        graph.node("context", "Squeeze", "new_sums", "one");
        graph.node("position", "Cast", Map.of("to", 1L), "position_ids");
        graph.node("position_column", "Unsqueeze", "position", "minus_one");
        graph.node("placed", "Mul", "position_column", "positions");
        graph.node("sum", "Add", "context", "placed");
        graph.node("folded", "Mod", Map.of("fmod", 1L), "sum", "modulus");
        String output = "output";
        if (parts.contains(Part.OPEN_VOCABULARY)) {
            // Cut at a place that only a run knows, and that lies beyond the end.
            graph.constant("vocabulary", VOCABULARY);
            graph.node("beyond", "Add", "q_len", "vocabulary");
            output = graph.node("same_output", "Slice", "output", "zero", "beyond", "one");
        }
        graph.node("logits", "MatMul", "folded", output);
    }

    /** rows = (2 x + x of the token before) where the mask is 1. */
    private void shift() {
        String last = "past_key_values.0.last_key";
        if (!parts.contains(Part.CACHE)) {
            graph.node("first", "Slice", "x", "zero", "one", "two");
            last = graph.node("no_last", "Mul", "first", "nothing");
        }
        graph.node("with_last", "Concat", Map.of("axis", 2L), last, "x");
        graph.node("before", "Slice", "with_last", "zero", "minus_one", "two");
        if (parts.contains(Part.CACHE)) {
            graph.node("present.0.last_key", "Slice", "with_last", "minus_one", "end", "two");
        }
        graph.node("doubled", "Mul", "x", "weight");
        graph.node("shifted", "Add", "doubled", "before");
        graph.node("mask_3d", "Unsqueeze", "column_mask", "one");
        graph.node("rows", "Mul", "shifted", "mask_3d");
    }

    private static HostTensor integers(long seed, long... shape) {
        HostTensor tensor = HostTensor.zeros(FLOAT32, shape);
        var random = new Random(seed);
        FloatBuffer values = tensor.floats();
        while (values.hasRemaining()) {
            values.put(random.nextInt(7) - 3);
        }
        return tensor;
    }
}

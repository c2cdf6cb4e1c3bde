package dev.heddle.runtime.parity;

import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Whether a model gives the same logits however its tokens are fed: through the cache, in pieces, in a batch or alone, behind pads. */
public final class DecodeCheck {

    private static final int PADS = 3;

    private DecodeCheck() {}

    /**
     * What was found.
     *
     * @param comparisons of each way of feeding with the whole sequences at once
     * @param growth largest absolute error of each position when tokens are fed one by one; empty without a cache
     */
    public record Result(List<TensorComparison> comparisons, List<Double> growth) {
        public Result {
            comparisons = List.copyOf(comparisons);
            growth = List.copyOf(growth);
        }

        public boolean passed() {
            return comparisons.stream().allMatch(TensorComparison::passed);
        }
    }

    /**
     * @param tokens fresh sequences without padding
     * @param cached whether the model has a cache
     * @param precision what the model computes in
     */
    public static Result of(Forward forward, TokenBlock tokens, boolean cached, Precision precision) {
        HostTensor whole = forward.logits(tokens, ChunkSizes.whole());
        List<TensorComparison> comparisons = new ArrayList<>();
        List<Double> growth = List.of();
        if (cached) {
            HostTensor steps = forward.logits(tokens, ChunkSizes.of(1));
            comparisons.add(compared(precision, "one token at a time", whole, steps));
            growth = growth(whole, steps);
            comparisons.add(compared(
                    precision, "chunks of 5,1,1,3,2", whole, forward.logits(tokens, ChunkSizes.of(5, 1, 1, 3, 2))));
            int half = Math.max(1, tokens.length() / 2);
            comparisons.add(compared(precision, "two halves", whole, forward.logits(tokens, ChunkSizes.of(half))));
            comparisons.add(compared(
                    precision,
                    "left padding, then one at a time",
                    whole,
                    columns(
                            forward.logits(padded(tokens, PADS, 0), ChunkSizes.of(PADS + 2, 1)),
                            PADS,
                            tokens.length())));
        }
        comparisons.add(compared(
                precision,
                "left padding",
                whole,
                columns(forward.logits(padded(tokens, PADS, 0), ChunkSizes.whole()), PADS, tokens.length())));
        comparisons.add(compared(
                precision,
                "right padding",
                whole,
                columns(forward.logits(padded(tokens, 0, PADS), ChunkSizes.whole()), 0, tokens.length())));
        if (tokens.batch() > 1) {
            comparisons.add(compared(precision, "each sequence alone", whole, alone(forward, tokens)));
        }
        return new Result(comparisons, growth);
    }

    private static TensorComparison compared(Precision precision, String way, HostTensor whole, HostTensor logits) {
        return TensorComparer.of(precision).logits("logits, " + way, whole, logits);
    }

    private static List<Double> growth(HostTensor whole, HostTensor steps) {
        int vocabulary = (int) whole.dim(2);
        Double[] largest = new Double[(int) whole.dim(1)];
        Arrays.fill(largest, 0.0);
        for (int i = 0; i < whole.elementCount(); i++) {
            int position = i / vocabulary % largest.length;
            double error =
                    Math.abs(whole.values().applyAsDouble(i) - steps.values().applyAsDouble(i));
            largest[position] = Math.max(largest[position], error);
        }
        return List.of(largest);
    }

    private static TokenBlock padded(TokenBlock tokens, int left, int right) {
        int width = left + tokens.length() + right;
        HostTensor ids = HostTensor.zeros(DType.INT64, tokens.batch(), width);
        for (int row = 0; row < tokens.batch(); row++) {
            ids.longs().put(row * width + left, tokens.ids().longs(), row * tokens.length(), tokens.length());
        }
        int[] counts = new int[tokens.batch()];
        Arrays.fill(counts, left + tokens.length());
        AttentionMask mask = AttentionMask.rightPadded(width, counts);
        if (left > 0) {
            Arrays.fill(counts, tokens.length());
            mask = AttentionMask.leftPadded(width, counts);
        }
        return TokenBlock.of(ids).withMask(mask);
    }

    private static HostTensor columns(HostTensor logits, int from, int count) {
        HostTensor part = HostTensor.zeros(logits.dtype(), logits.dim(0), count, logits.dim(2));
        int token = (int) logits.dim(2) * logits.dtype().bytes();
        ByteBuffer target = part.bytes();
        for (int row = 0; row < logits.dim(0); row++) {
            int start = (row * (int) logits.dim(1) + from) * token;
            target.put(row * count * token, logits.bytes(), start, count * token);
        }
        return part;
    }

    private static HostTensor alone(Forward forward, TokenBlock tokens) {
        HostTensor all = null;
        for (int row = 0; row < tokens.batch(); row++) {
            long[] ids = new long[tokens.length()];
            tokens.ids().longs().get(row * ids.length, ids);
            HostTensor logits = forward.logits(TokenBlock.of(ids), ChunkSizes.whole());
            if (all == null) {
                all = HostTensor.zeros(logits.dtype(), tokens.batch(), logits.dim(1), logits.dim(2));
            }
            int bytes = logits.bytes().capacity();
            all.bytes().put(row * bytes, logits.bytes(), 0, bytes);
        }
        return Objects.requireNonNull(all);
    }
}

package dev.heddle.runtime.cache;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * Which tokens of a batch are real: {@code [batch, length]}, 1 for a token and 0 for padding.
 *
 * <p>Each row is one run of ones, with padding before or behind it; that is what models are exact for. A row is kept
 * as the bounds of its run. Immutable, thread-safe.
 */
public final class AttentionMask {
    private final int length;
    private final int[] starts;
    private final int[] ends;

    private AttentionMask(int length, int[] starts, int[] ends) {
        this.length = length;
        this.starts = starts;
        this.ends = ends;
    }

    /** No padding. */
    public static AttentionMask ones(int batch, int length) {
        int[] ends = new int[batch];
        Arrays.fill(ends, length);
        return new AttentionMask(length, new int[batch], ends);
    }

    /**
     * Padding on the left, the form for generation.
     *
     * @param tokens number of real tokens per row, at most {@code length}
     */
    public static AttentionMask leftPadded(int length, int[] tokens) {
        int[] ends = new int[tokens.length];
        Arrays.fill(ends, length);
        return new AttentionMask(
                length, Arrays.stream(tokens).map(count -> length - count).toArray(), ends);
    }

    /**
     * Padding on the right.
     *
     * @param tokens number of real tokens per row, at most {@code length}
     */
    public static AttentionMask rightPadded(int length, int[] tokens) {
        return new AttentionMask(length, new int[tokens.length], tokens.clone());
    }

    /**
     * Reads a tensor.
     *
     * @param mask INT64 {@code [batch, length]} of 0 and 1
     * @throws IllegalArgumentException if it is anything else, or a row has a 0 between 1s
     */
    public static AttentionMask of(HostTensor mask) {
        if (mask.dtype() != DType.INT64 || mask.rank() != 2) {
            throw new IllegalArgumentException("attention_mask: expected int64 [batch, total_len], got " + mask);
        }
        int batch = (int) mask.dim(0);
        int length = (int) mask.dim(1);
        int[] starts = new int[batch];
        int[] ends = new int[batch];
        LongBuffer values = mask.longs();
        for (int row = 0; row < batch; row++) {
            readRow(values, row, length, starts, ends);
        }
        return new AttentionMask(length, starts, ends);
    }

    private static void readRow(LongBuffer values, int row, int length, int[] starts, int[] ends) {
        for (int column = 0; column < length; column++) {
            long value = values.get(row * length + column);
            if (value != 0 && value != 1) {
                throw new IllegalArgumentException(
                        "attention_mask: expected 0 or 1 at [%d, %d], got %d".formatted(row, column, value));
            }
            if (value == 1) {
                if (starts[row] == ends[row]) {
                    starts[row] = column;
                } else if (ends[row] != column) {
                    throw gap(row, ends[row]);
                }
                ends[row] = column + 1;
            }
        }
    }

    public int batch() {
        return starts.length;
    }

    public int length() {
        return length;
    }

    /** Number of real tokens of a row. */
    public int tokens(int row) {
        return ends[row] - starts[row];
    }

    /** Number of real tokens of a row, up to and with a column. */
    int tokensUpTo(int row, int column) {
        return Math.max(0, Math.min(column + 1, ends[row]) - starts[row]);
    }

    /**
     * This mask with another one behind it.
     *
     * @throws IllegalArgumentException if a row would have a 0 between 1s
     */
    public AttentionMask then(AttentionMask next) {
        int[] newStarts = starts.clone();
        int[] newEnds = ends.clone();
        for (int row = 0; row < batch(); row++) {
            if (next.starts[row] == next.ends[row]) {
                continue;
            }
            if (starts[row] == ends[row]) {
                newStarts[row] = length + next.starts[row];
            } else if (ends[row] != length + next.starts[row]) {
                throw gap(row, ends[row]);
            }
            newEnds[row] = length + next.ends[row];
        }
        return new AttentionMask(length + next.length, newStarts, newEnds);
    }

    /** The columns from {@code from} to before {@code to}. */
    AttentionMask slice(int from, int to) {
        int[] newStarts = new int[batch()];
        int[] newEnds = new int[batch()];
        for (int row = 0; row < batch(); row++) {
            newStarts[row] = Math.min(Math.max(starts[row], from), to) - from;
            newEnds[row] = Math.min(Math.max(ends[row], from), to) - from;
        }
        return new AttentionMask(to - from, newStarts, newEnds);
    }

    /** The graph's {@code attention_mask}, INT64 {@code [batch, length]}. */
    public HostTensor toTensor() {
        return toTensor(new StepMemory());
    }

    /** The same in memory of a step. */
    HostTensor toTensor(StepMemory memory) {
        HostTensor tensor = memory.longs(batch(), length);
        LongBuffer values = tensor.longs();
        for (int row = 0; row < batch(); row++) {
            put(row, values);
        }
        return tensor;
    }

    /** Writes one row of 0 and 1. */
    void put(int row, LongBuffer values) {
        for (int column = 0; column < length; column++) {
            values.put(column >= starts[row] && column < ends[row] ? 1 : 0);
        }
    }

    /** This mask with another one behind it, without any pads between or in front: for a state that keeps real tokens only. */
    AttentionMask packedThen(AttentionMask next) {
        int[] tokens = new int[batch()];
        int longest = 0;
        for (int row = 0; row < tokens.length; row++) {
            tokens[row] = tokens(row) + next.tokens(row);
            longest = Math.max(longest, tokens[row]);
        }
        return rightPadded(longest, tokens);
    }

    /** This mask without pads in front. */
    AttentionMask packed() {
        return packedThen(ones(batch(), 0));
    }

    private static IllegalArgumentException gap(int row, int column) {
        return new IllegalArgumentException(
                "attention_mask: expected one run of 1s per row, row %d has a 0 between 1s at %d; pad on the left"
                        .formatted(row, column));
    }
}

package dev.heddle.runtime.cache;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.nio.LongBuffer;

/**
 * Tokens to feed: some columns of a batch of sequences.
 *
 * @param ids INT64 {@code [batch, len]}, at least one column
 * @param mask of these columns only, {@code [batch, len]}
 */
public record TokenBlock(HostTensor ids, AttentionMask mask, Positions positions) {
    /** @throws IllegalArgumentException if a type or shape is wrong, or there is no token */
    public TokenBlock {
        checkShape("input_ids", ids);
        if (ids.elementCount() == 0) {
            throw new IllegalArgumentException("input_ids: expected at least one token, got " + ids);
        }
        if (mask.batch() != ids.dim(0) || mask.length() != ids.dim(1)) {
            throw new IllegalArgumentException("attention_mask: expected [%d, %d] as input_ids, got [%d, %d]"
                    .formatted(ids.dim(0), ids.dim(1), mask.batch(), mask.length()));
        }
        if (positions instanceof Positions.Given given) {
            checkShape("position_ids", given.ids());
            if (given.ids().dim(0) != ids.dim(0) || given.ids().dim(1) != ids.dim(1)) {
                throw new IllegalArgumentException("position_ids: expected the shape of input_ids [%d, %d], got %s"
                        .formatted(ids.dim(0), ids.dim(1), given.ids()));
            }
        }
    }

    /** All tokens real, positions counted. */
    public static TokenBlock of(HostTensor ids) {
        checkShape("input_ids", ids);
        return new TokenBlock(ids, AttentionMask.ones((int) ids.dim(0), (int) ids.dim(1)), new Positions.Counted());
    }

    /** One sequence, all tokens real, positions counted. */
    public static TokenBlock of(long... ids) {
        return of(HostTensor.ofLongs(ids, 1, ids.length));
    }

    public TokenBlock withMask(AttentionMask newMask) {
        return new TokenBlock(ids, newMask, positions);
    }

    public TokenBlock withPositions(HostTensor positionIds) {
        return new TokenBlock(ids, mask, new Positions.Given(positionIds));
    }

    public int batch() {
        return (int) ids.dim(0);
    }

    public int length() {
        return (int) ids.dim(1);
    }

    /** INT64 {@code [batch, len]}: the given positions, or those that a fresh sequence of these tokens has. */
    public HostTensor positionIds() {
        return positions instanceof Positions.Given given
                ? given.ids()
                : StepMask.joined(AttentionMask.ones(batch(), 0), mask).positions(new StepMemory());
    }

    /** The columns from {@code from} to before {@code to}. */
    public TokenBlock slice(int from, int to) {
        Positions part = positions instanceof Positions.Given given
                ? new Positions.Given(columns(given.ids(), from, to))
                : positions;
        return new TokenBlock(columns(ids, from, to), mask.slice(from, to), part);
    }

    /**
     * This block with another one behind it, positions counted.
     *
     * @throws IllegalArgumentException if the batches differ, positions are given, or a row would have a 0 between 1s
     */
    public TokenBlock then(TokenBlock next) {
        if (next.batch() != batch()
                || positions instanceof Positions.Given
                || next.positions instanceof Positions.Given) {
            throw new IllegalArgumentException(
                    "expected two blocks of one batch size without positions, got " + ids + " and " + next.ids);
        }
        HostTensor both = HostTensor.zeros(DType.INT64, batch(), length() + next.length());
        LongBuffer target = both.longs();
        for (int row = 0; row < batch(); row++) {
            target.put(ids.longs().slice(row * length(), length()));
            target.put(next.ids.longs().slice(row * next.length(), next.length()));
        }
        return new TokenBlock(both, mask.then(next.mask), positions);
    }

    private static HostTensor columns(HostTensor matrix, int from, int to) {
        int rows = (int) matrix.dim(0);
        int width = (int) matrix.dim(1);
        HostTensor part = HostTensor.zeros(DType.INT64, rows, to - from);
        LongBuffer source = matrix.longs();
        LongBuffer target = part.longs();
        for (int row = 0; row < rows; row++) {
            target.put(source.slice(row * width + from, to - from));
        }
        return part;
    }

    private static void checkShape(String name, HostTensor tensor) {
        if (tensor.dtype() != DType.INT64 || tensor.rank() != 2) {
            throw new IllegalArgumentException(name + ": expected int64 [batch, len], got " + tensor);
        }
    }
}

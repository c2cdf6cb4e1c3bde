package dev.heddle.runtime.generate;

import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.nio.LongBuffer;
import java.util.List;

/** Puts token sequences of different length into one block. */
final class PromptBatch {
    /** Fed where there is no token; any id would do, since the mask hides it. */
    private static final long PADDING = 0;

    private PromptBatch() {}

    /**
     * Padded on the left, so that the next token of each prompt goes into the same column.
     *
     * @throws IllegalArgumentException if there is no prompt, or one has no tokens
     */
    static TokenBlock leftPadded(List<long[]> prompts) {
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("expected at least one prompt");
        }
        int[] lengths = prompts.stream().mapToInt(prompt -> prompt.length).toArray();
        int width = 0;
        for (int row = 0; row < lengths.length; row++) {
            if (lengths[row] == 0) {
                throw new IllegalArgumentException("prompt " + row + ": expected at least one token");
            }
            width = Math.max(width, lengths[row]);
        }
        HostTensor ids = HostTensor.zeros(DType.INT64, prompts.size(), width);
        LongBuffer values = ids.longs();
        for (int row = 0; row < lengths.length; row++) {
            for (int column = lengths[row]; column < width; column++) {
                values.put(PADDING);
            }
            values.put(prompts.get(row));
        }
        return TokenBlock.of(ids).withMask(AttentionMask.leftPadded(width, lengths));
    }

    /** One column; rows that are not active get padding. */
    static TokenBlock column(long[] tokens, boolean[] active) {
        int[] counts = new int[tokens.length];
        for (int row = 0; row < counts.length; row++) {
            counts[row] = active[row] ? 1 : 0;
        }
        return TokenBlock.of(HostTensor.ofLongs(tokens, tokens.length, 1))
                .withMask(AttentionMask.rightPadded(1, counts));
    }
}

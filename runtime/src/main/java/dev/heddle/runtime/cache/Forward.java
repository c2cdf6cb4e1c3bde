package dev.heddle.runtime.cache;

import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.HostTensor;
import java.nio.ByteBuffer;
import java.util.List;

/** Computes the logits of whole sequences, at once or in chunks through the cache. Thread-safe. */
public final class Forward {
    private final Decoder decoder;

    public Forward(Decoder decoder) {
        this.decoder = decoder;
    }

    /**
     * Logits of fresh sequences.
     *
     * @return {@code [batch, len, vocab]} for all tokens of the block, whatever the chunks
     * @throws IllegalArgumentException if the block does not fit the model, or there are chunks and the model has no
     *     cache
     */
    public HostTensor logits(TokenBlock block, ChunkSizes chunks) {
        try (CacheState state = decoder.newState(block.batch())) {
            return logits(state, block, chunks);
        }
    }

    /**
     * Logits of tokens that continue the sequences of a state, which moves on; else as {@link #logits(TokenBlock,
     * ChunkSizes)}.
     */
    public HostTensor logits(CacheState state, TokenBlock block, ChunkSizes chunks) {
        if (!chunks.isWhole() && !decoder.hasCache()) {
            throw new IllegalArgumentException("chunks: " + decoder.wholeSequencesOnly());
        }
        var cancellation = new Cancellation();
        if (chunks.isWhole()) {
            return decoder.step(state, block, cancellation);
        }
        List<Integer> ends = chunks.ends(block.length());
        HostTensor first = decoder.step(state, block.slice(0, ends.get(0)), cancellation);
        HostTensor all = HostTensor.zeros(first.dtype(), block.batch(), block.length(), first.dim(2));
        place(first, all, 0);
        for (int i = 1; i < ends.size(); i++) {
            int start = ends.get(i - 1);
            place(decoder.step(state, block.slice(start, ends.get(i)), cancellation), all, start);
        }
        return all;
    }

    /** Copies {@code [batch, part, vocab]} to the columns from {@code start} on of {@code [batch, len, vocab]}. */
    private static void place(HostTensor part, HostTensor all, int start) {
        int tokenBytes = (int) all.dim(2) * all.dtype().bytes();
        int partBytes = (int) part.dim(1) * tokenBytes;
        int rowBytes = (int) all.dim(1) * tokenBytes;
        ByteBuffer source = part.bytes();
        ByteBuffer target = all.bytes();
        for (int row = 0; row < all.dim(0); row++) {
            target.put(row * rowBytes + start * tokenBytes, source, row * partBytes, partBytes);
        }
    }
}

package dev.heddle.runtime.generate;

import dev.heddle.runtime.cache.CacheState;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.HostTensor;
import org.jspecify.annotations.Nullable;

/** Feeds new tokens only. */
final class CachedFeed implements SequenceFeed {
    /** 256 MiB in float32. */
    private static final long DEFAULT_MOST_LOGITS = 1 << 26;

    private final Decoder decoder;
    private final CacheState state;
    private final long mostLogits;
    /** Logits of one token per sequence, used again and again; null if the model leaves its vocabulary open. */
    private final @Nullable HostTensor place;

    CachedFeed(Decoder decoder, int batch) {
        this(decoder, batch, DEFAULT_MOST_LOGITS);
    }

    /**
     * @param mostLogits a prompt is fed in pieces whose logits are no more than that: only the last ones are needed,
     *     but the model gives all
     */
    CachedFeed(Decoder decoder, int batch, long mostLogits) {
        this.decoder = decoder;
        this.mostLogits = mostLogits;
        this.place = decoder.place(batch, 1).orElse(null);
        this.state = decoder.newState(batch);
    }

    @Override
    public HostTensor append(TokenBlock block, Cancellation cancellation) {
        int piece = longestPiece(block);
        int start = 0;
        while (block.length() - start > piece) {
            decoder.step(state, block.slice(start, start + piece), cancellation);
            start += piece;
        }
        TokenBlock rest = block.slice(start, block.length());
        if (place == null || rest.length() > 1) {
            return decoder.step(state, rest, cancellation);
        }
        decoder.stepInto(state, rest, place, cancellation);
        return place;
    }

    private int longestPiece(TokenBlock block) {
        long perColumn = (long) block.batch() * decoder.vocabulary().orElse(1);
        return (int) Math.max(1, Math.min(block.length(), mostLogits / perColumn));
    }

    @Override
    public void close() {
        state.close();
    }
}

package dev.heddle.runtime.generate;

import dev.heddle.runtime.cache.CacheState;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.HostTensor;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the whole sequence for each new token, for models without a cache; the time of a step grows with the sequence.
 */
final class WholeFeed implements SequenceFeed {
    private final Decoder decoder;
    /** All tokens so far; null before the first. */
    private @Nullable TokenBlock fed;

    WholeFeed(Decoder decoder) {
        this.decoder = decoder;
    }

    @Override
    public HostTensor append(TokenBlock block, Cancellation cancellation) {
        TokenBlock all = fed == null ? block : fed.then(block);
        try (CacheState none = decoder.newState(all.batch())) {
            HostTensor logits = decoder.step(none, all, cancellation);
            fed = all;
            return logits;
        }
    }

    @Override
    public void close() {}
}

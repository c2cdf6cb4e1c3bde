package dev.heddle.runtime.generate;

import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.HostTensor;

/** Feeds a growing batch of sequences to a model. Not thread-safe; must be closed. */
sealed interface SequenceFeed extends AutoCloseable permits CachedFeed, WholeFeed {
    /**
     * Puts tokens behind those fed before; positions are counted.
     *
     * @return logits {@code [batch, any, vocab]}, whose last column is that of the last token; good until the next call
     */
    HostTensor append(TokenBlock block, Cancellation cancellation);

    @Override
    void close();

    static SequenceFeed of(Decoder decoder, int batch) {
        return decoder.hasCache() ? new CachedFeed(decoder, batch) : new WholeFeed(decoder);
    }
}

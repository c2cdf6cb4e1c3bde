package dev.heddle.runtime.generate;

import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.text.IncrementalText;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens a model makes of one prompt, each made when it is asked for.
 *
 * <p>One thread takes the tokens; any thread may {@link #cancel()} or {@link #close()}, which ends a step in flight.
 * Must be closed; taking tokens after that throws {@link IllegalStateException}.
 */
public final class TokenStream implements Iterator<Token>, AutoCloseable {
    private final GenerationLoop loop;
    private final Cancellation cancellation;
    private final @Nullable IncrementalText text;
    private @Nullable Token next;
    private boolean finished;
    private boolean closed;

    /** @param text null without a tokenizer */
    TokenStream(GenerationLoop loop, Cancellation cancellation, @Nullable IncrementalText text) {
        this.loop = loop;
        this.cancellation = cancellation;
        this.text = text;
    }

    /**
     * Whether there is another token; runs the model to find out.
     *
     * @throws dev.heddle.runtime.RuntimeFailure if the model fails
     * @throws IllegalStateException if this stream or the model is closed
     */
    @Override
    public synchronized boolean hasNext() {
        if (closed) {
            throw new IllegalStateException("token stream is closed");
        }
        if (next == null && !finished) {
            finished = !loop.advance();
            if (!finished) {
                long id = loop.token(0);
                next = new Token(id, text == null ? "" : text.append(id));
            }
        }
        return next != null;
    }

    @Override
    public synchronized Token next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException("no more tokens: " + loop.reason(0));
        }
        Token token = next;
        next = null;
        return token;
    }

    /** Ends the stream soon, also in the middle of a step; {@link #hasNext()} then gives false. */
    public void cancel() {
        cancellation.cancel();
    }

    /** Why no more tokens come; empty as long as that is not known. */
    public synchronized Optional<FinishReason> finishReason() {
        return finished ? Optional.of(loop.reason(0)) : Optional.empty();
    }

    public synchronized Timings timings() {
        return loop.timings();
    }

    @Override
    public void close() {
        // Before the lock, which a step in flight holds.
        cancellation.cancel();
        synchronized (this) {
            closed = true;
            loop.close();
        }
    }
}

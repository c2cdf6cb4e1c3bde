package dev.heddle.runtime.generate;

import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Goes on with a batch of prompts, one token per prompt and step, until each has come to its end.
 *
 * <p>Not thread-safe, but {@code cancellation} may come from any thread. Must be closed.
 */
final class GenerationLoop implements AutoCloseable {
    private final GenerationOptions options;
    private final Cancellation cancellation;
    private final SequenceFeed feed;
    private final List<TokenChooser> choosers;
    private final TokenBlock prompt;
    private final long[] tokens;
    private final boolean[] active;
    private final int[] lengths;
    private final int capacity;
    private final FinishReason[] reasons;
    private int made;
    private Timings timings;

    /** @throws IllegalArgumentException if there is no prompt, or one has no tokens */
    GenerationLoop(Decoder decoder, List<long[]> prompts, GenerationOptions options, Cancellation cancellation) {
        this.options = options;
        this.cancellation = cancellation;
        this.prompt = PromptBatch.leftPadded(prompts);
        this.tokens = new long[prompts.size()];
        this.active = new boolean[prompts.size()];
        this.reasons = new FinishReason[prompts.size()];
        this.lengths = prompts.stream().mapToInt(prompt -> prompt.length).toArray();
        this.capacity = decoder.capacity().orElse(Integer.MAX_VALUE);
        this.choosers = IntStream.range(0, prompts.size())
                .mapToObj(row -> TokenChooser.of(options.sampling(), row))
                .toList();
        this.timings = new Timings(prompt.batch() * prompt.length(), 0, 0, 0);
        this.feed = SequenceFeed.of(decoder, prompts.size());
        Arrays.fill(active, true);
    }

    /** Makes the next token of each prompt that is not finished; false if there was none to make. */
    boolean advance() {
        if (!anyActive()) {
            return false;
        }
        if (made == options.maxNewTokens()) {
            finishAll(FinishReason.MAX_TOKENS);
            return false;
        }
        finishFull();
        if (!anyActive()) {
            return false;
        }
        TokenBlock next = made == 0 ? prompt : PromptBatch.column(tokens, active);
        long start = System.nanoTime();
        try {
            choose(feed.append(next, cancellation));
        } catch (CancellationException e) {
            finishAll(FinishReason.CANCELLED);
            return false;
        }
        count(System.nanoTime() - start);
        made++;
        return anyActive();
    }

    /** Whether the last step made a token for this prompt. */
    boolean isActive(int row) {
        return active[row];
    }

    /** The token that the last step made for this prompt. */
    long token(int row) {
        return tokens[row];
    }

    /** Why this prompt has come to its end; only if it is not active. */
    FinishReason reason(int row) {
        return reasons[row];
    }

    Timings timings() {
        return timings;
    }

    @Override
    public void close() {
        feed.close();
    }

    private void choose(HostTensor logits) {
        int vocabulary = (int) logits.dim(2);
        int columns = (int) logits.dim(1);
        IntToDoubleFunction values = logits.values();
        float[] row = new float[vocabulary];
        for (int i = 0; i < tokens.length; i++) {
            if (active[i]) {
                int start = (i * columns + columns - 1) * vocabulary;
                for (int token = 0; token < vocabulary; token++) {
                    row[token] = (float) values.applyAsDouble(start + token);
                }
                tokens[i] = choosers.get(i).choose(row);
                if (options.stopTokens().contains(tokens[i])) {
                    finish(i, FinishReason.STOP_TOKEN);
                }
            }
        }
    }

    private void count(long nanos) {
        timings = made == 0
                ? new Timings(timings.promptTokens(), nanos, 0, 0)
                : new Timings(
                        timings.promptTokens(),
                        timings.prefillNanos(),
                        timings.decodeSteps() + 1,
                        timings.decodeNanos() + nanos);
    }

    /** The token made last would be fed now; where it does not fit, it was the last one. */
    private void finishFull() {
        for (int row = 0; row < active.length; row++) {
            if (active[row] && made > 0 && lengths[row] + made > capacity) {
                finish(row, FinishReason.CACHE_FULL);
            }
        }
    }

    private boolean anyActive() {
        for (boolean row : active) {
            if (row) {
                return true;
            }
        }
        return false;
    }

    private void finishAll(FinishReason reason) {
        for (int row = 0; row < active.length; row++) {
            if (active[row]) {
                finish(row, reason);
            }
        }
    }

    private void finish(int row, FinishReason reason) {
        active[row] = false;
        reasons[row] = reason;
    }
}

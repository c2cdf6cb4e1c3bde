package dev.heddle.runtime.generate;

import dev.heddle.runtime.ModelFormatException;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import dev.heddle.runtime.text.IncrementalText;
import dev.heddle.runtime.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model that writes text: session, cache, tokenizer and stop tokens of one model folder.
 *
 * <p>Thread-safe: several generations may run at once. Must be closed, after its streams; {@link #close()} waits for
 * a step in flight.
 */
public final class LanguageModel implements AutoCloseable {
    private final ModelSession session;
    private final Decoder decoder;
    private final @Nullable Tokenizer tokenizer;
    private final Set<Long> stopTokens;

    private LanguageModel(ModelSession session, Decoder decoder, @Nullable Tokenizer tokenizer, Set<Long> stopTokens) {
        this.session = session;
        this.decoder = decoder;
        this.tokenizer = tokenizer;
        this.stopTokens = stopTokens;
    }

    /**
     * Opens a model folder, or a bare .onnx file with what lies beside it.
     *
     * @throws ModelFormatException if a file is broken, or the graph does not follow the contract
     * @throws dev.heddle.runtime.RuntimeFailure if the session cannot be opened as the options say
     */
    public static LanguageModel open(Path path, SessionOptions options) {
        ModelSession session = ModelSession.open(path, options);
        try {
            Decoder decoder = Decoder.of(session);
            Path folder = session.file().folder();
            Set<Long> stopTokens = StopTokens.of(folder);
            Tokenizer tokenizer = Tokenizer.open(folder).orElse(null);
            OptionalLong endOfText = tokenizer == null ? OptionalLong.empty() : tokenizer.endOfText();
            if (stopTokens.isEmpty() && endOfText.isPresent()) {
                stopTokens = Set.of(endOfText.getAsLong());
            }
            return new LanguageModel(session, decoder, tokenizer, Set.copyOf(stopTokens));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    public ModelSession session() {
        return session;
    }

    public Decoder decoder() {
        return decoder;
    }

    /** Empty if the model folder has none; then only ids go in and out. */
    public Optional<Tokenizer> tokenizer() {
        return Optional.ofNullable(tokenizer);
    }

    /**
     * The tokens that end a text: {@code eos_token_id} of {@code generation_config.json}, else of {@code
     * config.json}, else that of the tokenizer; empty if none of them says.
     */
    public Set<Long> stopTokens() {
        return stopTokens;
    }

    /** Greedy choice up to a stop token of this model. */
    public GenerationOptions options(int maxNewTokens) {
        return new GenerationOptions(maxNewTokens, new Sampling.Greedy(), stopTokens);
    }

    /**
     * Ids of a prompt.
     *
     * @throws ModelFormatException if the model folder has no tokenizer
     */
    public long[] encode(String text) {
        if (tokenizer == null) {
            throw new ModelFormatException(session.file().folder()
                    + ": expected tokenizer.json or tokenizer.model to read text, found neither; give token ids");
        }
        return tokenizer.encode(text);
    }

    /**
     * Starts to go on with a prompt; the caller closes the stream.
     *
     * @throws IllegalArgumentException if the prompt has no tokens
     */
    public TokenStream stream(long[] prompt, GenerationOptions options) {
        var cancellation = new Cancellation();
        IncrementalText text = tokenizer == null ? null : new IncrementalText(tokenizer, prompt);
        return new TokenStream(new GenerationLoop(decoder, List.of(prompt), options, cancellation), cancellation, text);
    }

    /**
     * Goes on with several prompts at once, to the end of the last one.
     *
     * <p>Each gets the tokens that it would get alone, up to the rounding of the model; with random choice the first
     * prompt has the seed of the options, the others seeds that follow from it.
     *
     * @param prompts of any length, at least one token each
     * @param cancellation ends it early; what was made by then is returned
     * @throws IllegalArgumentException if there is no prompt, or one has no tokens
     */
    public BatchResult generate(List<long[]> prompts, GenerationOptions options, Cancellation cancellation) {
        try (var loop = new GenerationLoop(decoder, prompts, options, cancellation)) {
            List<RowTokens> rows = prompts.stream()
                    .map(prompt -> new RowTokens(tokenizer, prompt))
                    .toList();
            while (loop.advance()) {
                for (int row = 0; row < rows.size(); row++) {
                    if (loop.isActive(row)) {
                        rows.get(row).add(loop.token(row));
                    }
                }
            }
            List<Completion> completions = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                completions.add(rows.get(row).complete(loop.reason(row)));
            }
            return new BatchResult(completions, loop.timings());
        }
    }

    @Override
    public void close() {
        session.close();
        if (tokenizer != null) {
            tokenizer.close();
        }
    }
}

package dev.heddle.runtime.generate;

import dev.heddle.runtime.text.IncrementalText;
import dev.heddle.runtime.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the tokens of one prompt of a batch. Not thread-safe. */
final class RowTokens {
    private final List<Token> tokens = new ArrayList<>();
    private final @Nullable IncrementalText text;

    /** @param tokenizer null if there is none */
    RowTokens(@Nullable Tokenizer tokenizer, long[] prompt) {
        text = tokenizer == null ? null : new IncrementalText(tokenizer, prompt);
    }

    void add(long id) {
        tokens.add(new Token(id, text == null ? "" : text.append(id)));
    }

    Completion complete(FinishReason reason) {
        return new Completion(tokens, reason);
    }
}

package dev.heddle.runtime.generate;

import java.util.List;
import java.util.stream.Collectors;

/** What a model made of one prompt. */
public record Completion(List<Token> tokens, FinishReason finishReason) {
    public Completion {
        tokens = List.copyOf(tokens);
    }

    /** The new text; empty without a tokenizer. */
    public String text() {
        return tokens.stream().map(Token::text).collect(Collectors.joining());
    }

    public long[] ids() {
        return tokens.stream().mapToLong(Token::id).toArray();
    }
}

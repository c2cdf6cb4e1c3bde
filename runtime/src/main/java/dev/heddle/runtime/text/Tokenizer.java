package dev.heddle.runtime.text;

import dev.heddle.runtime.ModelFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Turns text into token ids and back. Thread-safe; must be closed, and a use after that throws {@link
 * IllegalStateException}.
 */
public interface Tokenizer extends AutoCloseable {
    /** Ids of a prompt, with the special tokens that the model expects around it, such as a begin-of-text token. */
    long[] encode(String text);

    /**
     * Text of ids, special tokens left out; ids that the tokenizer does not know are skipped, since a model may have
     * more of them. Bytes that are not UTF-8 become U+FFFD.
     */
    String decode(long[] ids);

    /** The token that ends a text; empty if the tokenizer file does not say. */
    OptionalLong endOfText();

    @Override
    void close();

    /**
     * Opens the tokenizer of a model folder: {@code tokenizer.json}, else {@code tokenizer.model}, which is told by its
     * content to be SentencePiece or a list of tiktoken ranks.
     *
     * @return empty if the folder has neither
     * @throws ModelFormatException if the file is broken
     */
    static Optional<Tokenizer> open(Path folder) {
        Path json = folder.resolve("tokenizer.json");
        if (Files.isRegularFile(json)) {
            return Optional.of(new HuggingFaceTokens(json));
        }
        Path model = folder.resolve("tokenizer.model");
        if (!Files.isRegularFile(model)) {
            return Optional.empty();
        }
        return Optional.of(
                TiktokenRanks.isRanksFile(model)
                        ? new TiktokenTokens(model)
                        : new SentencePieceTokens(model, TokenizerConfig.of(folder)));
    }
}

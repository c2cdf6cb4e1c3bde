package dev.heddle.runtime.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.heddle.runtime.Lifetime;
import dev.heddle.runtime.ModelFormatException;
import dev.heddle.runtime.RuntimeFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;

/** A {@code tokenizer.json} of Hugging Face, read by their own library; its post-processor adds the special tokens. */
final class HuggingFaceTokens implements Tokenizer {
    /** Without these the library cuts long prompts. */
    private static final Map<String, String> WHOLE_TEXTS = Map.of("truncation", "false", "padding", "false");

    private final HuggingFaceTokenizer tokenizer;
    private final Lifetime lifetime;

    /** @throws ModelFormatException if the library refuses the file */
    HuggingFaceTokens(Path file) {
        DjlNative.stayOffline();
        // From a stream, so that the library does not read tokenizer_config.json, whose clean-up of spaces is not
        // reversible.
        try (InputStream in = Files.newInputStream(file)) {
            tokenizer = HuggingFaceTokenizer.newInstance(in, WHOLE_TEXTS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (LinkageError e) {
            throw new RuntimeFailure("loading the native library that reads " + file, e);
        } catch (RuntimeException e) {
            throw new ModelFormatException(file + ": not a tokenizer the library can read: " + e.getMessage(), e);
        }
        lifetime = new Lifetime("tokenizer " + file);
    }

    @Override
    public long[] encode(String text) {
        lifetime.enter();
        try {
            return tokenizer.encode(text).getIds();
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public String decode(long[] ids) {
        lifetime.enter();
        try {
            return tokenizer.decode(ids, true);
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public OptionalLong endOfText() {
        return OptionalLong.empty();
    }

    @Override
    public void close() {
        lifetime.close(tokenizer::close);
    }
}

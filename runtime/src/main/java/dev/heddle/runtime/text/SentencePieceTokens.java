package dev.heddle.runtime.text;

import ai.djl.sentencepiece.SpTokenizer;
import dev.heddle.runtime.Lifetime;
import dev.heddle.runtime.ModelFormatException;
import dev.heddle.runtime.RuntimeFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** A SentencePiece {@code tokenizer.model}, read by the library of that name. */
final class SentencePieceTokens implements Tokenizer {
    private final SpTokenizer tokenizer;
    private final SentencePieceVocabulary vocabulary;
    private final TokenizerConfig config;
    private final Lifetime lifetime;

    /** @throws ModelFormatException if the file is not such a model */
    SentencePieceTokens(Path file, TokenizerConfig config) {
        DjlNative.stayOffline();
        // First our own reading: the native library does not check ids, and may end the JVM on a broken file.
        this.vocabulary = SentencePieceVocabulary.read(file);
        this.config = config;
        try {
            this.tokenizer = new SpTokenizer(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (LinkageError e) {
            throw new RuntimeFailure("loading the native library that reads " + file, e);
        } catch (RuntimeException e) {
            throw new ModelFormatException(file + ": not a tokenizer the library can read: " + e.getMessage(), e);
        }
        this.lifetime = new Lifetime("tokenizer " + file);
    }

    @Override
    public long[] encode(String text) {
        lifetime.enter();
        try {
            LongStream ids =
                    Arrays.stream(tokenizer.getProcessor().encode(text)).asLongStream();
            LongStream front = config.addBos() ? vocabulary.bos().stream() : LongStream.empty();
            LongStream back = config.addEos() ? vocabulary.eos().stream() : LongStream.empty();
            return LongStream.concat(LongStream.concat(front, ids), back).toArray();
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public String decode(long[] ids) {
        lifetime.enter();
        try {
            IntStream text = Arrays.stream(ids)
                    .filter(id -> id >= 0 && id < vocabulary.pieces())
                    .mapToInt(id -> (int) id)
                    .filter(id -> !vocabulary.control().get(id));
            return tokenizer.getProcessor().decode(text.toArray());
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public OptionalLong endOfText() {
        return vocabulary.eos();
    }

    @Override
    public void close() {
        lifetime.close(tokenizer::close);
    }
}

package dev.heddle.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.ModelFormatException;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.SessionOptions;
import dev.heddle.runtime.text.TokenizerFixtures;
import dev.heddle.runtime.toy.ToyLanguageModel;
import dev.heddle.runtime.toy.ToyLanguageModel.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("ort")
@Timeout(60)
class LanguageModelTest {
    private static final long[] PROMPT = {3, 5, 9};
    private static final Sampling RANDOM = new Sampling.Random(3, 0, 0.95, 11);

    /** So hot that each token is about as likely as the next. */
    private static final Sampling EVEN = new Sampling.Random(1000, 0, 1, 11);

    @TempDir
    private Path folder;

    @Test
    void cacheOrNot_givesTheSameTokens() {
        try (var cached = open(Part.CACHE);
                var open = open(Part.CACHE, Part.OPEN_VOCABULARY);
                var whole = open()) {
            List<Token> tokens = tokens(cached, cached.options(20).withSampling(RANDOM));

            assertThat(tokens).hasSize(20);
            assertThat(tokens(open, open.options(20).withSampling(RANDOM))).isEqualTo(tokens);
            assertThat(tokens(whole, whole.options(20).withSampling(RANDOM))).isEqualTo(tokens);
        }
    }

    @Test
    void greedy_takesTheLargestLogitOfEachStep() {
        try (var model = open(Part.CACHE);
                var whole = open()) {
            List<Token> tokens = tokens(model, model.options(3));

            long[] sequence = PROMPT;
            List<Long> expected = new ArrayList<>();
            while (expected.size() < 3) {
                var logits =
                        whole.decoder().step(whole.decoder().newState(1), TokenBlock.of(sequence), new Cancellation());
                float[] last = new float[ToyLanguageModel.VOCABULARY];
                logits.floats().get((sequence.length - 1) * last.length, last);
                expected.add((long) TokenChooser.largest(last));
                sequence = append(sequence, expected.get(expected.size() - 1));
            }
            assertThat(tokens).extracting(Token::id).isEqualTo(expected);
        }
    }

    @Test
    void longPrompt_inPiecesGivesTheSameLogits() {
        TokenBlock prompt = TokenBlock.of(1, 2, 3, 4, 5, 6, 7);
        try (var model = open(Part.CACHE);
                var whole = new CachedFeed(model.decoder(), 1);
                var pieces = new CachedFeed(model.decoder(), 1, 3 * ToyLanguageModel.VOCABULARY)) {
            var expected = whole.append(prompt, new Cancellation());

            var logits = pieces.append(prompt, new Cancellation());

            assertThat(logits.dim(1)).isEqualTo(1);
            int before = 6 * ToyLanguageModel.VOCABULARY * Float.BYTES;
            assertThat(logits.bytes())
                    .isEqualTo(expected.bytes().slice(before, logits.bytes().capacity()));
        }
    }

    @Test
    void tokenizer_givesEachTokenItsText() {
        TokenizerFixtures.writeHuggingFace(folder);
        try (var model = open(Part.CACHE)) {
            long[] prompt = model.encode("hi hi");

            var completion = model.generate(List.of(prompt), model.options(8).withSampling(EVEN), new Cancellation())
                    .completions()
                    .get(0);

            String prefix = model.tokenizer().orElseThrow().decode(prompt);
            String all = model.tokenizer().orElseThrow().decode(append(prompt, completion.ids()));
            assertThat(all).startsWith(prefix + completion.text());
            assertThat(completion.text()).isNotEmpty();
        }
    }

    @Test
    void stopTokens_comeFromConfigElseFromTheTokenizer() throws IOException {
        TokenizerFixtures.writeSentencePiece(folder);
        try (var model = open(Part.CACHE)) {
            assertThat(model.options(1).stopTokens()).containsExactly(2L);
        }
        Files.writeString(folder.resolve("config.json"), "{\"eos_token_id\": 4}");
        try (var model = open(Part.CACHE)) {
            assertThat(model.options(1).stopTokens()).containsExactly(4L);
        }
    }

    @Test
    void textWithoutTokenizer_isRefused() {
        try (var model = open(Part.CACHE)) {
            assertThat(model.tokenizer()).isEmpty();
            assertThatThrownBy(() -> model.encode("hi"))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessage(folder
                            + ": expected tokenizer.json or tokenizer.model to read text, found neither;"
                            + " give token ids");
        }
    }

    @Test
    void emptyPrompt_isRefused() {
        try (var model = open(Part.CACHE)) {
            assertThatThrownBy(() -> model.stream(new long[0], model.options(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("prompt 0: expected at least one token");
            assertThatThrownBy(() -> model.generate(List.of(), model.options(1), new Cancellation()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected at least one prompt");
        }
    }

    @Test
    void noNewTokens_areRefused() {
        assertThatThrownBy(() -> new GenerationOptions(0, new Sampling.Greedy(), Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max new tokens must be at least 1, got 0");
    }

    private LanguageModel open(Part... parts) {
        return LanguageModel.open(ToyLanguageModel.write(folder, parts), SessionOptions.defaults());
    }

    private static List<Token> tokens(LanguageModel model, GenerationOptions options) {
        try (var stream = model.stream(PROMPT, options)) {
            return drain(stream);
        }
    }

    private static List<Token> drain(TokenStream stream) {
        List<Token> tokens = new ArrayList<>();
        stream.forEachRemaining(tokens::add);
        return tokens;
    }

    private static long[] append(long[] ids, long... more) {
        long[] all = Arrays.copyOf(ids, ids.length + more.length);
        System.arraycopy(more, 0, all, ids.length, more.length);
        return all;
    }
}

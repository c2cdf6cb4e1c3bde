package dev.heddle.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
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
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
    void stopToken_endsTheStreamAndIsNotPartOfIt() {
        try (var model = open(Part.CACHE)) {
            List<Token> all = tokens(model, model.options(20).withSampling(RANDOM));
            long stop = all.get(5).id();
            int first = all.indexOf(all.get(5));

            var options = model.options(20).withSampling(RANDOM).withStopTokens(Set.of(stop));
            try (var stream = model.stream(PROMPT, options)) {
                assertThat(drain(stream)).isEqualTo(all.subList(0, first));
                assertThat(stream.finishReason()).hasValue(FinishReason.STOP_TOKEN);
            }
        }
    }

    @Test
    void stream_afterTheLastToken_saysWhy() {
        try (var model = open(Part.CACHE);
                var stream = model.stream(PROMPT, model.options(2))) {
            assertThat(stream.finishReason()).isEmpty();
            drain(stream);

            assertThat(stream.finishReason()).hasValue(FinishReason.MAX_TOKENS);
            assertThatThrownBy(stream::next)
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessage("no more tokens: MAX_TOKENS");
        }
    }

    @Test
    void timings_countPromptAndSteps() {
        try (var model = open(Part.CACHE);
                var stream = model.stream(PROMPT, model.options(5))) {
            drain(stream);

            assertThat(stream.timings().promptTokens()).isEqualTo(3);
            assertThat(stream.timings().decodeSteps()).isEqualTo(4);
            assertThat(stream.timings().prefillTokensPerSecond()).isPositive();
            assertThat(stream.timings().decodeStepsPerSecond()).isPositive();
        }
    }

    @Test
    void cancel_duringAStep_endsTheStream() {
        try (var model = open(Part.CACHE, Part.ENDLESS);
                var stream = model.stream(PROMPT, model.options(5))) {
            var taking = CompletableFuture.supplyAsync(stream::hasNext);

            stream.cancel();

            assertThat(taking.join()).isFalse();
            assertThat(stream.finishReason()).hasValue(FinishReason.CANCELLED);
        }
    }

    @Test
    void close_duringAStep_endsItFirst() {
        try (var model = open(Part.CACHE, Part.ENDLESS)) {
            var stream = model.stream(PROMPT, model.options(5));
            var taking = CompletableFuture.supplyAsync(stream::hasNext);

            stream.close();
            stream.close();

            // Either the step was ended, or it had not begun.
            assertThat(taking.handle((more, refused) -> refused == null
                                    ? more.toString()
                                    : refused.getCause().getMessage())
                            .join())
                    .isIn("false", "token stream is closed");
        }
    }

    @Test
    void use_afterClose_isRefused() {
        var model = open(Part.CACHE);
        var stream = model.stream(PROMPT, model.options(5));
        model.close();
        model.close();

        assertThatThrownBy(stream::hasNext)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("model session " + model.session().file().onnx() + " is closed");
        assertThatCode(stream::close).doesNotThrowAnyException();
        assertThatThrownBy(stream::hasNext)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("token stream is closed");
    }

    @Test
    void batch_givesEachPromptWhatItGetsAlone() {
        List<long[]> prompts = List.of(new long[] {3, 5, 9, 1, 4}, new long[] {7}, new long[] {2, 2, 8});
        try (var cached = open(Part.CACHE);
                var whole = open()) {
            var options = cached.options(12);
            List<long[]> alone = prompts.stream()
                    .map(prompt -> cached.generate(List.of(prompt), options, new Cancellation()))
                    .map(result -> result.completions().get(0).ids())
                    .toList();

            assertThat(cached.generate(prompts, options, new Cancellation()).completions())
                    .extracting(Completion::ids)
                    .containsExactlyElementsOf(alone);
            assertThat(whole.generate(prompts, options, new Cancellation()).completions())
                    .extracting(Completion::ids)
                    .containsExactlyElementsOf(alone);
        }
    }

    @Test
    void batch_withRowsThatStopEarly_goesOnWithTheOthers() {
        List<long[]> prompts = List.of(new long[] {3, 5, 9, 1, 4}, new long[] {7}, new long[] {2, 2, 8});
        try (var model = open(Part.CACHE)) {
            var options = model.options(12).withSampling(RANDOM);
            List<long[]> all = model.generate(prompts, options, new Cancellation()).completions().stream()
                    .map(Completion::ids)
                    .toList();
            Set<Long> stop = Set.of(all.get(1)[2]);

            var completions = model.generate(prompts, options.withStopTokens(stop), new Cancellation())
                    .completions();

            assertThat(completions.get(1).ids()).hasSizeLessThan(3);
            assertThat(completions)
                    .extracting(Completion::ids)
                    .containsExactlyElementsOf(all.stream()
                            .map(ids -> Arrays.stream(ids)
                                    .takeWhile(id -> !stop.contains(id))
                                    .toArray())
                            .toList());
        }
    }

    @Test
    void cancelledBatch_givesWhatWasMadeByThen() {
        try (var model = open(Part.CACHE)) {
            var cancellation = new Cancellation();
            cancellation.cancel();

            var completion = model.generate(List.of(PROMPT), model.options(5), cancellation)
                    .completions()
                    .get(0);

            assertThat(completion).isEqualTo(new Completion(List.of(), FinishReason.CANCELLED));
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
                    .hasMessage(
                            folder
                                    + ": expected tokenizer.json or tokenizer.model to read text, found neither; give token ids");
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

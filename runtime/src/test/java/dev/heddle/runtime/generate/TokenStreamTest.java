package dev.heddle.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.session.SessionOptions;
import dev.heddle.runtime.toy.ToyLanguageModel;
import dev.heddle.runtime.toy.ToyLanguageModel.Part;
import java.nio.file.Path;
import java.util.ArrayList;
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
class TokenStreamTest {
    private static final long[] PROMPT = {3, 5, 9};
    private static final Sampling RANDOM = new Sampling.Random(3, 0, 0.95, 11);

    @TempDir
    private Path folder;

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
        try (var model = open(Part.CACHE, Part.LONG);
                var stream = model.stream(PROMPT, model.options(5))) {
            var taking = CompletableFuture.supplyAsync(stream::hasNext);

            stream.cancel();

            assertThat(taking.join()).isFalse();
            assertThat(stream.finishReason()).hasValue(FinishReason.CANCELLED);
        }
    }

    @Test
    void close_duringAStep_endsItFirst() {
        try (var model = open(Part.CACHE, Part.LONG)) {
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
}

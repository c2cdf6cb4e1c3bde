package dev.heddle.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.SessionOptions;
import dev.heddle.runtime.toy.ToyLanguageModel;
import dev.heddle.runtime.toy.ToyLanguageModel.Part;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("ort")
@Timeout(60)
class BatchGenerationTest {
    private static final long[] PROMPT = {3, 5, 9};
    private static final Sampling RANDOM = new Sampling.Random(3, 0, 0.95, 11);

    @TempDir
    private Path folder;

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

    private LanguageModel open(Part... parts) {
        return LanguageModel.open(ToyLanguageModel.write(folder, parts), SessionOptions.defaults());
    }
}

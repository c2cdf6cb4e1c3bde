package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generation from prompts and folders that are not as they should be. */
final class GenerateErrorTest {

    @TempDir
    private static Path models;

    private static Path model;

    @BeforeAll
    static void exportModel() {
        model = ExportedModels.export("llama-tiny", models);
    }

    @Test
    void text_withoutATokenizer_isRefused() {
        CommandRun run = CommandRun.of("generate", model, "--prompt", "Once upon a time");

        run.assertFailed(
                model + ": expected tokenizer.json or tokenizer.model to read text, found neither; give token ids");
    }

    @Test
    void candidates_withoutATemperature_areSaidToHaveNoEffect() {
        CommandRun run = CommandRun.of("generate", model, "--tokens", "1", "--max-new-tokens", 1, "--top-k", 3);

        assertThat(run.err())
                .startsWith("heddle: --top-k: of no effect at temperature 0, which takes the most likely token; give"
                        + " --temperature as well\n");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void token_outsideTheVocabulary_isNamed() {
        CommandRun run = CommandRun.of("generate", model, "--tokens", "1,40");

        run.assertFailed("input_ids: token 40 at [0, 1] is not in the vocabulary of 40");
    }

    @Test
    void prompt_longerThanTheStaticCache_isRefused(@TempDir Path folder) {
        Path fixed = ExportedModels.export("llama-tiny", folder, "--cache", "static", "--max-len", 4);

        CommandRun run = CommandRun.of("generate", fixed, "--tokens", "1,2,3,4,5");

        run.assertFailed("sequence of 5 tokens does not fit max_len 4 of layer 0; export with a larger --max-len");
    }

    @Test
    void staticCache_thatIsFull_endsTheTextAndIsSaid(@TempDir Path folder) {
        Path fixed = ExportedModels.export("llama-tiny", folder, "--cache", "static", "--max-len", 4);

        CommandRun run = CommandRun.of("generate", fixed, "--tokens", "1,2", "--max-new-tokens", 9);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).matches("\\d+,\\d+,\\d+\n");
        assertThat(run.err()).endsWith("heddle: the model's cache is full; export with a larger --max-len\n");
    }

    @Test
    void folder_thatIsACheckpoint_isRefused() {
        Path checkpoint = Path.of("../models/src/test/resources/samples/llama-tiny");

        CommandRun run = CommandRun.of("generate", checkpoint, "--tokens", "1");

        run.assertFailed(checkpoint + ": expected a file model.onnx in this folder, found none");
    }

    @Test
    void tokenizer_thatIsBroken_isRefused(@TempDir Path copies) throws IOException {
        Path broken = ExportedModels.copy(model, copies.resolve("broken"));
        Files.writeString(broken.resolve("tokenizer.json"), "{");

        CommandRun run = CommandRun.of("generate", broken, "--prompt", "a");

        run.assertFailed(broken.resolve("tokenizer.json")
                + ": not a tokenizer the library can read: EOF while parsing an object at line 1 column 1");
    }

    @Test
    void stopTokens_thatAreBroken_areRefused(@TempDir Path copies) throws IOException {
        Path broken = ExportedModels.copy(model, copies.resolve("broken"));
        Files.writeString(broken.resolve("generation_config.json"), "{");

        CommandRun run = CommandRun.of("generate", broken, "--tokens", "1");

        run.assertFailed(broken.resolve("generation_config.json") + ": expected JSON, line 1: it ends too early");
    }
}

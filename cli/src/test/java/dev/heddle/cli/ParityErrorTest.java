package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Comparisons of sides that do not go together. */
final class ParityErrorTest {

    private static final Path SAMPLES = Path.of("../models/src/test/resources/samples");

    /** 40 tokens. */
    private static final Path LLAMA = SAMPLES.resolve("llama-tiny");

    @TempDir
    private static Path models;

    private static Path model;

    @TempDir
    private Path folder;

    @BeforeAll
    static void exportModel() {
        model = ExportedModels.export("llama-tiny", models);
    }

    private Path stored(String name, Map<String, HostTensor> tensors) throws IOException {
        Path file = folder.resolve(name);
        TensorFile.write(file, tensors);
        return file;
    }

    private static HostTensor logits(float... values) {
        return HostTensor.ofFloats(values, 1, 1, values.length);
    }

    @Test
    void sides_ofDifferentVocabularies_areBothNamed() {
        Path other = SAMPLES.resolve("baichuan-m1-tiny");

        CommandRun run = CommandRun.of("parity", other, model);

        run.assertFailed(
                other + " has a vocabulary of 50 tokens, " + model + " one of 40; compare two sides of one model");
    }

    @Test
    void storedSide_withoutLogits_isRefused() {
        Path weights = LLAMA.resolve("model.safetensors");

        CommandRun run = CommandRun.of("parity", weights, model);

        run.assertFailed(weights + ": expected a tensor logits, got model.embed_tokens.weight,"
                + " model.layers.0.input_layernorm.weight, model.layers.0.mlp.down_proj.weight,"
                + " model.layers.0.mlp.gate_proj.weight, model.layers.0.mlp.up_proj.weight and 15 others");
    }

    @Test
    void storedSide_withLogitsOfAnotherRank_isRefused() throws IOException {
        Path file = stored("flat.safetensors", Map.of("logits", HostTensor.ofFloats(new float[] {1, 2}, 2)));

        CommandRun run = CommandRun.of("parity", file, model);

        run.assertFailed(file + ": expected logits of [batch, len, vocab], got float32 [2]");
    }

    @Test
    void storedSide_withoutTokens_asksForThem() throws IOException {
        Path file = stored("logits.safetensors", Map.of("logits", logits(1, 2, 3)));

        CommandRun run = CommandRun.of("parity", file, model);

        run.assertFailed(file + ": expected a tensor input_ids beside logits, got none; give the tokens with --input");
    }

    @Test
    void storedSides_withoutTokens_areCompared() throws IOException {
        Path one = stored("one.safetensors", Map.of("logits", logits(1, 2, 3)));
        Path other = stored("other.safetensors", Map.of("logits", logits(1, 2, 4)));

        assertThat(CommandRun.of("parity", one, one).exitCode()).isZero();
        assertThat(CommandRun.of("parity", one, other).exitCode()).isEqualTo(Heddle.PARITY_MISMATCH);
    }

    @Test
    void storedSide_ofOtherTokens_isRefused() throws IOException {
        Path file = stored("logits.safetensors", Map.of("logits", logits(1, 2, 3)));
        Path input = stored("in.safetensors", Map.of("input_ids", HostTensor.ofLongs(new long[] {1, 2}, 1, 2)));

        CommandRun run = CommandRun.of("parity", file, model, "--input", input);

        run.assertFailed(file + ": expected logits of [1, 2, vocab] for the given tokens, got float32 [1, 1, 3]");
    }

    @Test
    void token_outsideTheVocabularyOfACheckpoint_isNamed() throws IOException {
        Path input = stored("in.safetensors", Map.of("input_ids", HostTensor.ofLongs(new long[] {1, 99}, 1, 2)));

        CommandRun run = CommandRun.of("parity", LLAMA, model, "--input", input);

        run.assertFailed("input_ids: token 99 at [0, 1] is not in the vocabulary of 40");
    }

    @Test
    void side_thatDoesNotExist_isNamed() {
        Path nowhere = folder.resolve("nowhere");

        CommandRun run = CommandRun.of("parity", LLAMA, nowhere);

        run.assertFailed(nowhere + ": expected a checkpoint folder or file, found none");
    }

    @Test
    void json_inAFolderThatIsNotThere_isRefusedBeforeTheComparison() {
        Path nowhere = folder.resolve("nowhere");

        CommandRun run = CommandRun.of("parity", LLAMA, model, "--json", nowhere.resolve("report.json"));

        run.assertFailed(nowhere + ": expected a file or folder, but there is none of this name");
    }

    @Test
    void json_overAnOlderFile_replacesIt() throws IOException {
        Path json = folder.resolve("report.json");
        CommandRun.of("parity", LLAMA, model, "--json", json).assertDone();

        CommandRun.of("parity", LLAMA, model, "--json", json).assertDone();

        assertThat(json).content().contains("\"passed\" : true");
        assertThat(FolderContents.names(folder)).containsExactly("report.json");
    }
}

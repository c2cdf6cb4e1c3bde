package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

        run.assertFailed(
                LLAMA + " against " + model + ": input_ids: token 99 at [0, 1] is not in the vocabulary of 40");
    }

    @Test
    void side_thatDoesNotExist_isNamed() {
        Path nowhere = folder.resolve("nowhere");

        CommandRun run = CommandRun.of("parity", LLAMA, nowhere);

        run.assertFailed(nowhere + ": expected a checkpoint, a model, or stored tensors (.safetensors, .npz, .npy),"
                + " found nothing of this name");
    }

    @Test
    void json_inAFolderThatIsNotThere_isRefusedBeforeTheComparison() {
        Path nowhere = folder.resolve("nowhere");

        CommandRun run = CommandRun.of("parity", LLAMA, model, "--json", nowhere.resolve("report.json"));

        run.assertFailed(nowhere + ": expected a file or folder, but there is none of this name");
    }

    @Test
    void json_overASide_isRefused() throws IOException {
        Path file = stored("logits.safetensors", Map.of("logits", logits(1, 2, 3)));

        CommandRun run = CommandRun.of("parity", file, file, "--json", file);

        run.assertFailed(file + ": expected another file than what is read, got the same; give another name");
    }

    @Test
    void json_overAnOlderFile_replacesIt() throws IOException {
        Path json = folder.resolve("report.json");
        CommandRun.of("parity", LLAMA, model, "--json", json).assertDone();

        CommandRun.of("parity", LLAMA, model, "--json", json).assertDone();

        assertThat(json).content().contains("\"passed\" : true");
        assertThat(FolderContents.names(folder)).containsExactly("report.json");
    }

    private static ForeignModel foreign(String input, DType dtype, String last) {
        return new ForeignModel(input, dtype, last, 1, 2, 3, 4);
    }

    @Test
    void sides_withOtherInputs_areBothNamed() throws IOException {
        Path one = foreign("pixels", DType.FLOAT32, "Relu").write(folder.resolve("one"));
        Path other = foreign("image", DType.FLOAT32, "Relu").write(folder.resolve("other"));

        CommandRun.of("parity", one, other)
                .assertFailed(one + " takes pixels, " + other + " takes image; compare two sides of one form");
        CommandRun.of("parity", LLAMA, other, "--all")
                .assertFailed(LLAMA + " takes attention_mask, input_ids, past_key_values.0.key,"
                        + " past_key_values.0.value, past_key_values.1.key and 2 others, " + other
                        + " takes image; compare two sides of one form");
    }

    @Test
    void sides_withOtherCacheContracts_areBothNamed() {
        Path fixed = ExportedModels.export("llama-tiny", folder, "--cache", "static", "--max-len", "20");

        CommandRun.of("parity", fixed, model, "--all")
                .assertFailed("cache contracts differ: " + fixed + " takes past_key_values.0.key as"
                        + " float[batch,2,20,8], " + model + " as float[batch,2,past_len,8]; compare two sides of one"
                        + " form");
    }

    @Test
    void tracedSides_ofDifferentVocabularies_areBothNamed() {
        Path other = SAMPLES.resolve("baichuan-m1-tiny");

        for (String mode : List.of("--bisect", "--decode")) {
            CommandRun run = CommandRun.of("parity", other, model, mode);

            assertThat(run.err())
                    .contains(other.toString())
                    .contains(model.toString())
                    .hasLineCount(1);
            assertThat(run.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void operatorThatCannotBeInterpreted_isNamed() throws IOException {
        Path one = foreign("pixels", DType.FLOAT32, "Softsign").write(folder.resolve("one"));

        CommandRun.of("parity", one + "@float64", one)
                .assertFailed(
                        one + ": scores/Softsign: operator Softsign cannot be computed in float64; it is not one of"
                                + " ONNX's known here and has no body; " + one + "@portable runs it on ONNX Runtime");
        CommandRun.of("parity", one + "@portable", one).assertDone();
    }

    @Test
    void missingDataFile_isNamed() throws IOException {
        Path other = ExportedModels.copy(model, folder.resolve("other"));
        Files.delete(other.resolve("model.onnx.data"));

        for (String mode : List.of("--all", "--weights", "--decode")) {
            CommandRun.of("parity", model, other, mode)
                    .assertFailed(
                            model + " against " + other
                                    + ": model.onnx: tensor model.embed_tokens.weight: its data file model.onnx.data is missing");
        }
        CommandRun.of("parity", model, other)
                .assertFailed(other.resolve("model.onnx")
                        + ": tensor model.embed_tokens.weight: expected its data in model.onnx.data beside the model,"
                        + " found no such file; copy it as well");
    }

    @Test
    void folderForAReproduction_mustBeFree() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        Path file = Files.createFile(folder.resolve("file"));

        CommandRun.of("parity", LLAMA, model, "--bisect", "--repro", taken)
                .assertFailed(taken + ": expected a name that is free for --repro, but it exists");
        CommandRun.of("parity", LLAMA, model, "--bisect", "--repro", file.resolve("inside"))
                .assertFailed(file + ": expected a folder, got a file");
    }

    @Test
    void inputsThatNothingTells_areAskedFor() throws IOException {
        Path one = foreign("labels", DType.INT64, "Relu").write(folder.resolve("one"));

        CommandRun.of("parity", one, one)
                .assertFailed(
                        one + ": input labels: expected values for int64[batch,2], got none; give them with --input");
    }

    @Test
    void inputsThatDoNotFit_areNamed() throws IOException {
        Path one = foreign("pixels", DType.FLOAT32, "Relu").write(folder.resolve("one"));
        Path input = Files.write(folder.resolve("pixels.npy"), NpyFiles.floats("(1, 3)", 1, 2, 3));

        CommandRun.of("parity", one, one, "--input", input)
                .assertFailed(one + ": input pixels: expected float[batch,2], got float32 [1, 3]");
    }

    @Test
    void emptyLogits_areNoComparison() throws IOException {
        Path file = stored(
                "empty.safetensors",
                Map.of("logits", HostTensor.zeros(dev.heddle.runtime.session.DType.FLOAT32, 0, 0, 5)));

        CommandRun.of("parity", file, file)
                .assertFailed(file + ": expected logits of [batch, len, vocab], got float32 [0, 0, 5]");
    }

    @Test
    void tensorsBeyondABuffer_areRefused() throws IOException {
        Path one = foreign("pixels", DType.FLOAT32, "Relu").write(folder.resolve("one"));
        Path huge = Files.write(folder.resolve("logits.npy"), NpyFiles.floats("(70000, 70000, 5)"));

        CommandRun.of("parity", one, one, "--batch", "2000000000", "--length", "1")
                .assertFailed(one + " against " + one + ": int64 [2000000000, 1] needs more than 2147483647 bytes, the"
                        + " limit of a Java buffer");
        CommandRun.of("parity", huge, model)
                .assertFailed(
                        huge + ": array logits: float32 [70000, 70000, 5] needs more than 2147483647 bytes, the limit"
                                + " of a Java buffer");
    }

    @Test
    void nan_neverPasses() throws IOException {
        Path file = stored("nan.safetensors", Map.of("logits", logits(1, Float.NaN, 3)));

        assertThat(CommandRun.of("parity", file, file).exitCode()).isEqualTo(Heddle.PARITY_MISMATCH);
    }

    @Test
    void storedTensors_asTheJudgedSideOfATrace_areRefused() throws IOException {
        Path file = stored("logits.safetensors", Map.of("logits", logits(1, 2, 3)));

        CommandRun.of("parity", LLAMA, file, "--all")
                .assertFailed(
                        file + ": expected a model or a checkpoint, whose nodes have names, got stored tensors; give"
                                + " them as A");
        CommandRun.of("parity", LLAMA, SAMPLES.resolve("llama-tiny"), "--decode")
                .assertFailed(LLAMA + ": expected a model that ONNX Runtime runs for --decode and --causal, got another"
                        + " kind of side");
        CommandRun.of("parity", file, model, "--weights", "--length", "1")
                .assertFailed(file + ": expected a checkpoint or a model, whose weights have the names of a graph, got"
                        + " stored tensors");
    }
}

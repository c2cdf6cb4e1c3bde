package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on input or models that are not as they should be. */
final class RunErrorTest {

    @TempDir
    private static Path models;

    /** 40 tokens. */
    private static Path model;

    @TempDir
    private Path folder;

    @BeforeAll
    static void exportModel() {
        model = ExportedModels.export("llama-tiny", models);
    }

    private static HostTensor ids(long... ids) {
        return HostTensor.ofLongs(ids, 1, ids.length);
    }

    private Path input(Map<String, HostTensor> tensors) throws IOException {
        Path file = folder.resolve("in.safetensors");
        TensorFile.write(file, tensors);
        return file;
    }

    /** The run fails with this line and writes no file. */
    private void assertRefused(String line, Path onModel, Path input, Object... options) throws IOException {
        Object[] arguments = new Object[6 + options.length];
        System.arraycopy(
                new Object[] {"run", onModel, "--input", input, "--output", folder.resolve("out.safetensors")},
                0,
                arguments,
                0,
                6);
        System.arraycopy(options, 0, arguments, 6, options.length);
        var before = FolderContents.names(folder);

        CommandRun run = CommandRun.of(arguments);

        run.assertFailed(line);
        assertThat(FolderContents.names(folder)).isEqualTo(before);
    }

    @Test
    void token_outsideTheVocabulary_isNamed() throws IOException {
        Path input = input(Map.of("input_ids", ids(1, 40, 2)));

        assertRefused("input_ids: token 40 at [0, 1] is not in the vocabulary of 40", model, input);
    }

    @Test
    void token_belowZero_isNamed() throws IOException {
        Path input = input(Map.of("input_ids", ids(1, 2, -1)));

        assertRefused("input_ids: token -1 at [0, 2] is not in the vocabulary of 40", model, input);
    }

    @Test
    void input_withoutTokens_isRefused() throws IOException {
        Path input = input(Map.of("input_ids", ids()));

        assertRefused(input + ": input_ids: expected at least one token, got int64 [1, 0]", model, input);
    }

    @Test
    void input_withoutIds_namesWhatItHolds() throws IOException {
        TreeMap<String, HostTensor> tensors = new TreeMap<>();
        for (int i = 0; i < 7; i++) {
            tensors.put("t" + i, ids(1));
        }
        Path input = input(tensors);

        assertRefused(input + ": expected a tensor input_ids, got t0, t1, t2, t3, t4 and 2 others", model, input);
    }

    @Test
    void ids_ofAnotherType_areRefused() throws IOException {
        Path input = input(Map.of("input_ids", HostTensor.ofFloats(new float[] {1, 2}, 1, 2)));

        assertRefused(input + ": input_ids: expected int64 [batch, len], got float32 [1, 2]", model, input);
    }

    @Test
    void ids_ofAnotherRank_areRefused() throws IOException {
        Path input = input(Map.of("input_ids", HostTensor.ofLongs(new long[] {1, 2}, 2)));

        assertRefused(input + ": input_ids: expected int64 [batch, len], got int64 [2]", model, input);
    }

    @Test
    void mask_ofAnotherLength_isRefused() throws IOException {
        Path input = input(Map.of("input_ids", ids(1, 2, 3), "attention_mask", ids(1, 1)));

        assertRefused(input + ": attention_mask: expected [1, 3] as input_ids, got [1, 2]", model, input);
    }

    @Test
    void mask_withAGap_isRefused() throws IOException {
        Path input = input(Map.of("input_ids", ids(1, 2, 3, 4), "attention_mask", ids(1, 0, 1, 1)));

        assertRefused(
                input + ": attention_mask: expected one run of 1s per row, row 0 has a 0 between 1s at 1; pad on the"
                        + " left",
                model,
                input);
    }

    @Test
    void mask_ofOtherNumbers_isRefused() throws IOException {
        Path input = input(Map.of("input_ids", ids(1, 2), "attention_mask", ids(1, 2)));

        assertRefused(input + ": attention_mask: expected 0 or 1 at [0, 1], got 2", model, input);
    }

    @Test
    void positions_ofAnotherShape_areRefused() throws IOException {
        Path input = input(Map.of("input_ids", ids(1, 2), "position_ids", ids(0)));

        assertRefused(input + ": position_ids: expected the shape of input_ids [1, 2], got int64 [1, 1]", model, input);
    }

    @Test
    void input_thatDoesNotExist_isNamed() throws IOException {
        Path input = folder.resolve("nowhere.safetensors");

        assertRefused(input + ": expected a file or folder, found none", model, input);
    }

    @Test
    void chunks_onAModelWithoutCache_areRefused(@TempDir Path uncached) throws IOException {
        Path whole = ExportedModels.export("llama-tiny", uncached, "--cache", "none");
        Path input = input(Map.of("input_ids", ids(1, 2, 3)));

        assertRefused(
                "chunks: " + whole.resolve("model.onnx")
                        + " has no past_key_values inputs and runs whole sequences only; export it with a cache",
                whole,
                input,
                "--chunks",
                "1");
    }

    @Test
    void folder_withoutAModel_isRefused(@TempDir Path empty) throws IOException {
        Path input = input(Map.of("input_ids", ids(1)));

        assertRefused(empty + ": expected a file model.onnx in this folder, found none", empty, input);
    }

    @Test
    void model_thatDoesNotExist_isNamed() throws IOException {
        Path input = input(Map.of("input_ids", ids(1)));
        Path nowhere = folder.resolve("nowhere");

        assertRefused(nowhere + ": expected a model folder or an .onnx file, found nothing", nowhere, input);
    }

    @Test
    void model_thatIsCutOff_isRefused(@TempDir Path copies) throws IOException {
        Path broken = ExportedModels.copy(model, copies.resolve("broken"));
        cut(broken.resolve("model.onnx"));
        Path input = input(Map.of("input_ids", ids(1)));

        assertRefused(
                "opening " + broken.resolve("model.onnx") + " on CPU: Load" + " model from "
                        + broken.resolve("model.onnx") + " failed:Protobuf parsing failed.",
                broken,
                input);
        CommandRun.of("inspect", broken)
                .assertFailed("model.onnx: an ONNX model was expected, the file is damaged or of another kind");
    }

    @Test
    void dataFile_thatIsCutOff_isRefused(@TempDir Path copies) throws IOException {
        Path broken = ExportedModels.copy(model, copies.resolve("broken"));
        long bytes = Files.size(broken.resolve("model.onnx.data"));
        cut(broken.resolve("model.onnx.data"));
        Path input = input(Map.of("input_ids", ids(1)));

        CommandRun run = CommandRun.of("run", broken, "--input", input, "--output", folder.resolve("out.safetensors"));

        assertThat(run.err())
                .startsWith("heddle: " + broken.resolve("model.onnx") + ": tensor ")
                .contains(": expected its data at bytes ")
                .endsWith(" of model.onnx.data, got a file of " + bytes / 2 + " bytes; copy it again\n")
                .hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void dataFile_thatIsMissing_isNamed(@TempDir Path copies) throws IOException {
        Path broken = ExportedModels.copy(model, copies.resolve("broken"));
        Files.delete(broken.resolve("model.onnx.data"));
        Path input = input(Map.of("input_ids", ids(1)));

        assertRefused(
                broken.resolve("model.onnx")
                        + ": tensor model.embed_tokens.weight: expected its data in model.onnx.data"
                        + " beside the model, found no such file; copy it as well",
                broken,
                input);
    }

    @Test
    void output_inAFolderThatIsNotThere_isRefusedBeforeTheRun() throws IOException {
        Path input = input(Map.of("input_ids", ids(1)));
        Path nowhere = folder.resolve("nowhere");

        CommandRun run = CommandRun.of(
                "run", folder.resolve("no model"), "--input", input, "--output", nowhere.resolve("out.safetensors"));

        run.assertFailed(nowhere + ": expected a file or folder, but there is none of this name");
    }

    @Test
    void output_thatIsTheInput_isRefusedAndKept() throws IOException {
        Path input = input(Map.of("input_ids", ids(1)));
        byte[] before = Files.readAllBytes(input);
        Path otherName = folder.resolve(".").resolve(input.getFileName());

        CommandRun run = CommandRun.of("run", model, "--input", input, "--output", otherName);

        run.assertFailed(otherName + ": expected another file than what is read, got the same; give another name");
        assertThat(input).hasBinaryContent(before);
    }

    @Test
    void state_beforeTheFirstToken_isRefused() throws IOException {
        Path input = input(Map.of(
                "input_ids", ids(1), "past_key_values.0.key", HostTensor.ofFloats(new float[] {1, 2}, 1, 1, 1, 2)));

        assertRefused(
                input + ": past_key_values.0.key: expected only [input_ids, attention_mask, position_ids] of the"
                        + " model's inputs, since a run starts with an empty cache; leave it out",
                model,
                input);
    }

    /** To its first half. */
    private static void cut(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
    }
}

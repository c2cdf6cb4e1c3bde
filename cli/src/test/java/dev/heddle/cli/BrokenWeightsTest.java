package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports of checkpoints whose weights are not as they should be. */
final class BrokenWeightsTest {

    private static final String WEIGHTS = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final String FIRST_SHARD = "model-00001-of-00002.safetensors";
    private static final String SECOND_SHARD = "model-00002-of-00002.safetensors";
    private static final String TORCH = "consolidated/consolidated.pth";

    /** FLOAT [32]. */
    private static final String NORM = "model.norm.weight";

    @TempDir
    private Path folder;

    private ExportTrial llama() throws IOException {
        return ExportTrial.of("llama-tiny", folder);
    }

    @Test
    void header_thatIsCutOff_isRefused() throws IOException {
        ExportTrial trial = llama();
        byte[] content = Files.readAllBytes(trial.file(WEIGHTS));
        Files.write(trial.file(WEIGHTS), Arrays.copyOf(content, 100));

        trial.assertFails(WEIGHTS + ": the header ends at byte " + (8 + SafetensorsParts.headerBytes(content))
                + ", the file has 100; download it again");
    }

    @Test
    void header_thatIsTooLarge_isRefused() throws IOException {
        ExportTrial trial = llama();
        ByteBuffer content =
                ByteBuffer.wrap(Files.readAllBytes(trial.file(WEIGHTS))).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(trial.file(WEIGHTS), content.putLong(0, 200_000_000).array());

        trial.assertFails(WEIGHTS + ": expected a header of at most 100000000 bytes, got 200000000; this is not a"
                + " safetensors file");
    }

    @Test
    void tensors_thatOverlap_areRefused() throws IOException {
        ExportTrial trial = llama();
        long begin = SafetensorsParts.shift(trial.file(WEIGHTS), "model.layers.1.mlp.up_proj.weight", -4);

        trial.assertFails(WEIGHTS + ": tensor model.layers.1.mlp.up_proj.weight begins at byte " + (begin - 4)
                + ", inside the one before, which ends at " + begin);
    }

    @Test
    void tensor_behindTheEndOfTheFile_isRefused() throws IOException {
        ExportTrial trial = llama();
        long begin = SafetensorsParts.shift(trial.file(WEIGHTS), NORM, 1_000_000);

        trial.assertFails(WEIGHTS + ": tensor " + NORM + " ends at byte " + (begin + 1_000_000 + 32 * 4)
                + ", the file has " + Files.size(trial.file(WEIGHTS)) + "; download it again");
    }

    @Test
    void tensor_listedTwiceInAHeader_isRefused() throws IOException {
        ExportTrial trial = llama();
        String entry = "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
        SafetensorsParts.write(trial.file(WEIGHTS), "{" + entry + "," + entry + "}", new byte[4]);

        trial.assertFails(WEIGHTS + ": header: the document has the field a twice, expected it once");
    }

    @Test
    void shard_thatIsMissing_isNamed() throws IOException {
        ExportTrial trial = ExportTrial.of("baichuan-m1-tiny", folder);
        Files.delete(trial.file(SECOND_SHARD));

        trial.assertFails(INDEX + ": expected the file " + SECOND_SHARD + " beside it, found none; download it");
    }

    @Test
    void tensor_inTwoShards_isRefused() throws IOException {
        ExportTrial trial = ExportTrial.of("baichuan-m1-tiny", folder);
        byte[] two = new byte[8];
        SafetensorsParts.of(trial.file(FIRST_SHARD))
                .put("twice", "F32", "[2]", two)
                .write();
        SafetensorsParts.of(trial.file(SECOND_SHARD))
                .put("twice", "F32", "[2]", two)
                .write();
        trial.replace(INDEX, "\"weight_map\": {", "\"weight_map\": {\"twice\": \"" + FIRST_SHARD + "\",");

        trial.assertFails(INDEX + ": tensor twice lies in " + FIRST_SHARD + " and in " + SECOND_SHARD
                + ", expected it in one file");
    }

    @Test
    void shard_outsideTheFolder_isRefused() throws IOException {
        ExportTrial trial = ExportTrial.of("baichuan-m1-tiny", folder);
        trial.replace(INDEX, "\"weight_map\": {", "\"weight_map\": {\"a\": \"../" + FIRST_SHARD + "\",");

        trial.assertFails(INDEX + ": tensor a is said to lie in ../" + FIRST_SHARD
                + ", expected the name of a file in the same folder");
    }

    @Test
    void tensor_thatIsMissing_isNamed() throws IOException {
        ExportTrial trial = llama();
        SafetensorsParts.of(trial.file(WEIGHTS)).remove(NORM).write();

        trial.assertFails("tensor " + NORM + ": expected shape [32], got no tensor of that name");
    }

    @Test
    void tensor_thatTheModelDoesNotUse_isRefused() throws IOException {
        ExportTrial trial = llama();
        SafetensorsParts.of(trial.file(WEIGHTS))
                .put("model.layers.0.self_attn.sinks", "F32", "[2]", new byte[8])
                .write();

        trial.assertFails(WEIGHTS + ": tensor model.layers.0.self_attn.sinks: expected only tensors that a llama model"
                + " uses, got one it does not use");
    }

    @Test
    void tensor_ofAnotherShape_isRefused() throws IOException {
        ExportTrial trial = llama();
        SafetensorsParts parts = SafetensorsParts.of(trial.file(WEIGHTS));
        parts.put(NORM, "F32", "[4,8]", parts.get(NORM).bytes()).write();

        trial.assertFails(WEIGHTS + ": tensor " + NORM + ": expected shape [32], got [4,8]");
    }

    @Test
    void tensor_ofIntegers_isRefused() throws IOException {
        ExportTrial trial = llama();
        SafetensorsParts.of(trial.file(WEIGHTS))
                .put(NORM, "I64", "[32]", new byte[32 * 8])
                .write();

        trial.assertFails(WEIGHTS + ": tensor " + NORM + ": expected a floating-point type, got int64");
    }

    @Test
    void tensor_withNan_isExportedWithAWarningThatCounts() throws IOException {
        ExportTrial trial = llama();
        SafetensorsParts parts = SafetensorsParts.of(trial.file(WEIGHTS));
        ByteBuffer values = ByteBuffer.wrap(parts.get(NORM).bytes()).order(ByteOrder.LITTLE_ENDIAN);
        values.putFloat(0, Float.NaN).putFloat(4, Float.NEGATIVE_INFINITY).putFloat(124, Float.POSITIVE_INFINITY);
        parts.write();

        CommandRun run = trial.export();

        assertThat(run.err()).isEqualTo("heddle: warning: tensor " + NORM + " holds 3 NaN or infinite values\n");
        assertThat(run.exitCode()).isZero();
        assertThat(trial.target().resolve("model.onnx")).exists();
    }

    @Test
    void pickle_thatNamesAnotherFunction_isRefused() throws IOException {
        ExportTrial trial = ExportTrial.of("ram-mta-v2", folder);
        trial.replaceBytes(TORCH, "ccollections\nOrderedDict\n", "csubprocess\ncheck_output\n");

        trial.assertFails("consolidated.pth: the pickle names subprocess.check_output, which is not on the list of"
                + " allowed constructors; the file was not executed");
    }

    @Test
    void zipEntry_withAPathOutside_isRefused() throws IOException {
        ExportTrial trial = ExportTrial.of("ram-mta-v2", folder);
        trial.replaceBytes(TORCH, "consolidated/version", "../../../../etc/cron");

        trial.assertFails("consolidated.pth: entry ../../../../etc/cron has a path that leaves the zip; the file was"
                + " not written by torch.save");
    }

    @Test
    void torchFile_thatIsCutOff_isRefused() throws IOException {
        ExportTrial trial = ExportTrial.of("ram-mta-v2", folder);
        byte[] content = Files.readAllBytes(trial.file(TORCH));
        Files.write(trial.file(TORCH), Arrays.copyOf(content, content.length / 2));

        trial.assertFails(
                "consolidated.pth: expected a zip as torch.save writes it, but no end record was found; download"
                        + " it again");
    }

    @Test
    void weights_thatAreAGitLfsPointer_areRefused() throws IOException {
        ExportTrial trial = llama();
        Files.writeString(
                trial.file(WEIGHTS),
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
                StandardCharsets.US_ASCII);

        trial.assertFails(WEIGHTS + ": expected weights, got a pointer of Git LFS; run git lfs pull");
    }

    @Test
    void folder_withoutACheckpoint_isRefused() throws IOException {
        ExportTrial trial = llama();
        Files.delete(trial.file(WEIGHTS));

        trial.assertFails("source: expected a checkpoint (model.safetensors.index.json, model.safetensors,"
                + " consolidated.safetensors, consolidated.pth), found none");
    }

    @Test
    void folder_withTwoCheckpoints_isRefusedAndTheFileCanBeGiven() throws IOException {
        ExportTrial trial = llama();
        Files.copy(trial.file(WEIGHTS), trial.file("consolidated.safetensors"));

        trial.assertFails("source: expected one checkpoint, found model.safetensors, consolidated.safetensors; give"
                + " the file to use");
        CommandRun.of("export", trial.file(WEIGHTS), "-o", trial.target()).assertDone();
    }
}

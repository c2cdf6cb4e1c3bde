package dev.heddle.models.checkpoint;

import static dev.heddle.models.checkpoint.RawSafetensors.entry;
import static dev.heddle.models.checkpoint.RawSafetensors.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "consolidated.safetensors", "adapter.safetensors"})
    void folder_withOneSafetensorsFile_opensIt(String name) throws IOException {
        writeSafetensors("expected.safetensors", "logits");
        writeSafetensors(name, "a");

        assertOpens(folder, "a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"consolidated.pth", "weights.pth"})
    void folder_withOneTorchFile_opensIt(String name) throws IOException {
        writeSafetensors("expected.safetensors", "logits");
        writeTorch(name, "a");

        assertOpens(folder, "a");
    }

    @Test
    void folder_withAWellKnownNameAndAnother_opensTheWellKnown() throws IOException {
        writeSafetensors("model.safetensors", "a");
        writeSafetensors("adapter.safetensors", "b");

        assertOpens(folder, "a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.safetensors", "x.pth", "x.pt", "pytorch_model.bin"})
    void torchFile_isKnownByItsContent(String name) throws IOException {
        assertOpens(writeTorch(name, "a"), "a");
    }

    @ParameterizedTest
    @CsvSource({"model.safetensors, consolidated.pth", "a.safetensors, b.pth", "a.safetensors, b.safetensors"})
    void folder_withTwoCheckpoints_isRefused(String one, String other) throws IOException {
        writeSafetensors(one, "a");
        writeTorch(other, "a");

        assertRefused(
                folder,
                folder.getFileName() + ": expected one checkpoint, found " + one + ", " + other
                        + "; give the file to use");
    }

    @Test
    void folder_withoutACheckpoint_isRefused() throws IOException {
        writeSafetensors("expected.safetensors", "logits");
        Files.createDirectory(folder.resolve("model.safetensors"));

        assertRefused(
                folder,
                folder.getFileName()
                        + ": expected a checkpoint (model.safetensors.index.json, model.safetensors,"
                        + " consolidated.safetensors, consolidated.pth), found none");
    }

    @Test
    void source_thatDoesNotExist_isRefused() {
        Path absent = folder.resolve("absent");

        assertRefused(absent, absent + ": expected a file or folder, found none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"old.pth", "old.pt", "old.bin"})
    void torchFile_fromBeforeZip_isRefused(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10});

        assertRefused(
                file,
                name + ": expected a zip as torch.save writes since version 1.6, got another format; save it again");
    }

    @Test
    void source_thatIsRefused_isNotLeftOpen() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        assumeThat(descriptors)
                .as("the open files of a process, as Linux shows them")
                .isDirectory();
        Path file = Files.write(folder.resolve("m.safetensors"), new byte[3]);

        assertThatThrownBy(() -> Checkpoints.open(file)).isInstanceOf(ModelFormatException.class);

        try (Stream<Path> open = Files.list(descriptors)) {
            assertThat(open.filter(Files::exists).map(CheckpointsTest::target)).doesNotContain(file.toRealPath());
        }
    }

    @Test
    void openWeights_withIntegers_namesTheTensor() throws IOException {
        String header = "{" + floats("a", 1, 0) + "," + entry("ids", "I64", "[1]", "[4,12]") + "}";
        Path file = RawSafetensors.write(folder.resolve("model.safetensors"), header, 12);

        assertThatThrownBy(() -> Checkpoints.openWeights(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("model.safetensors: tensor ids is int64, expected float, float16, bfloat16 or double for a"
                        + " weight");
    }

    @Test
    void openWeights_withFloatingPointOnly_opens() throws IOException {
        String header = "{" + floats("a", 1, 0) + "," + entry("b", "F64", "[1]", "[4,12]") + ","
                + entry("c", "F16", "[1]", "[12,14]") + "," + entry("d", "BF16", "[1]", "[14,16]") + "}";
        Path file = RawSafetensors.write(folder.resolve("model.safetensors"), header, 16);

        try (Checkpoint checkpoint = Checkpoints.openWeights(file)) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("a", "b", "c", "d");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tensor_ofAClosedCheckpoint_cannotBeRead(boolean torch) throws IOException {
        Path file = torch ? writeTorch("m", "a") : writeSafetensors("m", "a");
        Checkpoint checkpoint = Checkpoints.open(file);
        StoredTensor tensor = checkpoint.tensors().get("a");

        checkpoint.close();

        assertThatThrownBy(() -> tensor.read(0, 1))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("m: the checkpoint is closed");
    }

    @Test
    void tensors_cannotBeChanged() throws IOException {
        try (Checkpoint checkpoint = Checkpoints.open(writeSafetensors("m", "a"))) {
            assertThatThrownBy(() -> checkpoint.tensors().clear()).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path writeSafetensors(String name, String tensor) throws IOException {
        return RawSafetensors.write(folder.resolve(name), "{" + floats(tensor, 1, 0) + "}", 4);
    }

    private Path writeTorch(String name, String tensor) throws IOException {
        var tensors = new TreeMap<String, ArrayTensor>();
        tensors.put(tensor, ArrayTensor.ofFloats(1));
        TorchZipWriter.write(folder.resolve(name), tensors);
        return folder.resolve(name);
    }

    private static void assertOpens(Path source, String tensor) {
        try (Checkpoint checkpoint = Checkpoints.open(source)) {
            assertThat(checkpoint.tensors()).containsOnlyKeys(tensor);
        }
    }

    private static void assertRefused(Path source, String message) {
        assertThatThrownBy(() -> Checkpoints.open(source))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(message);
    }
}

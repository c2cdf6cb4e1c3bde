package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.razorvine.pickle.Opcodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {

    @TempDir
    private Path folder;

    @Test
    void stateDict_underModel_isReadAndTheRestLeftAlone() throws IOException {
        var archive = new TorchArchive().storage("0", floats(1, 2));
        archive.pickle().opcode(Opcodes.EMPTY_DICT).text("model").orderedDict();
        archive.floats("a", "0", 2);
        archive.pickle().opcode(Opcodes.SETITEM).text("optim").opcode(Opcodes.EMPTY_DICT);
        archive.floats("storage that is not there", "9", 1_000_000);
        archive.pickle().text("step").number(7).opcode(Opcodes.SETITEM).opcode(Opcodes.SETITEM);

        try (Checkpoint checkpoint = Checkpoints.open(write(archive))) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("a");
            assertThat(TensorValues.floats(checkpoint.tensors().get("a"))).containsExactly(1, 2);
            assertThat(checkpoint.tensors().get("a").location()).isEqualTo("m.pth");
        }
    }

    @Test
    void stateDict_asTheWholePickle_isRead() throws IOException {
        var archive = flat().storage("0", floats(1, 2)).floats("model", "0", 2).floats("b", "0", 2);

        try (Checkpoint checkpoint = Checkpoints.open(write(archive))) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("b", "model");
        }
    }

    @Test
    void stateDict_withTheStateThatModulesHangOnIt_isRead() throws IOException {
        var archive = flat().storage("0", floats(1, 2)).floats("a", "0", 2);
        archive.pickle().opcode(Opcodes.EMPTY_DICT).text("_metadata").orderedDict();
        archive.pickle().opcode(Opcodes.SETITEM).opcode(Opcodes.BUILD);

        try (Checkpoint checkpoint = Checkpoints.open(write(archive))) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("a");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 200, StoredZipWriter.LIMIT_32})
    void zip_with64BitFields_isRead(long limit) throws IOException {
        var archive = flat().zipLimit(limit).storage("0", floats(1, 2)).floats("a", "0", 2);

        try (Checkpoint checkpoint = Checkpoints.open(write(archive))) {
            assertThat(TensorValues.floats(checkpoint.tensors().get("a"))).containsExactly(1, 2);
        }
    }

    @Test
    void byteOrderLittle_isAccepted() throws IOException {
        var archive = flat().byteOrder("little").storage("0", floats(1, 2)).floats("a", "0", 2);

        try (Checkpoint checkpoint = Checkpoints.open(write(archive))) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("a");
        }
    }

    @Test
    void byteOrderBig_isRefused() throws IOException {
        var archive = flat().byteOrder("big").storage("0", floats(1, 2)).floats("a", "0", 2);

        assertRefused(write(archive), "m.pth: expected byte order little, got big; save it on a little-endian machine");
    }

    @ParameterizedTest
    @CsvSource({"m/other, 0", "m/sub/data.pkl, 0", "n/data.pkl, 2"})
    void zip_withoutExactlyOnePickle_isRefused(String entry, int pickles) throws IOException {
        var archive = new TorchArchive().entry(entry, new byte[1]);
        Path file = folder.resolve("m.pth");
        if (pickles == 2) {
            archive.write(file);
        } else {
            archive.writeEntries(file);
        }

        assertRefused(
                file,
                "m.pth: expected one entry <name>/data.pkl in the zip, got " + pickles + "; save it with torch.save");
    }

    @Test
    void pickle_overTheLimit_isRefused() throws IOException {
        var archive = new TorchArchive().entry("m/data.pkl", new byte[TorchUnpickler.MAX_BYTES + 1]);

        assertRefused(
                archive.writeEntries(folder.resolve("m.pth")),
                "m.pth: the pickle has 67108865 bytes, expected at most 67108864");
    }

    @Test
    void pickle_thatIsNoDict_isRefused() throws IOException {
        var archive = new TorchArchive();
        archive.pickle().opcode(Opcodes.EMPTY_LIST);

        assertRefused(write(archive), "m.pth: expected a dict of tensors, got a list");
    }

    @Test
    void key_thatIsNoString_isRefused() throws IOException {
        var archive = flat();
        archive.pickle().number(3).number(4).opcode(Opcodes.SETITEM);

        assertRefused(write(archive), "m.pth: expected the state dict to have strings as keys, got a number");
    }

    @ParameterizedTest
    @CsvSource({"125, a dict", "93, a list", "41, a tuple", "78, another value"})
    void entry_thatIsNoTensor_isRefused(int opcode, String kind) throws IOException {
        var archive = flat();
        archive.pickle().text("extra").opcode(opcode).opcode(Opcodes.SETITEM);

        assertRefused(
                write(archive),
                "m.pth: entry extra of the state dict is " + kind
                        + ", expected a tensor; save the flat state dict, alone or under the key model");
    }

    @Test
    void entry_thatIsText_isRefused() throws IOException {
        var archive = flat();
        archive.pickle().text("extra").text("x").opcode(Opcodes.SETITEM);

        assertRefused(
                write(archive),
                "m.pth: entry extra of the state dict is a string, expected a tensor; save the flat state dict, alone"
                        + " or under the key model");
    }

    @Test
    void moreTensorsThanAnyModelHas_areRefused() throws IOException {
        var archive = flat();
        archive.pickle().opcode(Opcodes.MARK);
        for (int i = 0; i <= 200_000; i++) {
            archive.pickle().number(i).opcode(Opcodes.NONE);
        }
        archive.pickle().opcode(Opcodes.SETITEMS);

        assertRefused(write(archive), "m.pth: the state dict has 200001 entries, expected at most 200000");
    }

    @Test
    void file_thatIsCutOff_isRefused() throws IOException {
        Path file = write(flat().storage("0", floats(1, 2)).floats("a", "0", 2));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

        assertRefused(
                file, "m.pth: expected a zip as torch.save writes it, but no end record was found; download it again");
    }

    private static TorchArchive flat() {
        var archive = new TorchArchive();
        archive.pickle().orderedDict();
        return archive;
    }

    private Path write(TorchArchive archive) throws IOException {
        return archive.write(folder.resolve("m.pth"));
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> Checkpoints.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(message);
    }
}

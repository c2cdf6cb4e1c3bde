package dev.heddle.models.checkpoint;

import static dev.heddle.models.checkpoint.RawSafetensors.entry;
import static dev.heddle.models.checkpoint.RawSafetensors.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(SafetensorsDType.class)
    void everyKnownDtype_isRead(SafetensorsDType dtype) throws IOException {
        int bytes = 3 * dtype.dtype().bytes();
        Path file = write("{" + entry("a", dtype.name(), "[1,3]", "[0," + bytes + "]") + "}", bytes);

        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            StoredTensor tensor = checkpoint.tensors().get("a");

            assertThat(tensor.dtype()).isEqualTo(dtype.dtype());
            assertThat(tensor.shape()).isEqualTo(Shape.of(1, 3));
            assertThat(tensor.location()).isEqualTo("m.safetensors");
            assertThat(tensor.read(0, 3).remaining()).isEqualTo(bytes);
        }
    }

    @Test
    void tensors_inAnyOrderWithAnEmptyOneBetween_areFound() throws IOException {
        String header = "{" + floats("z", 1, 4) + "," + floats("a", 1, 0) + "," + entry("none", "F32", "[0,7]", "[4,4]")
                + "," + entry("scalar", "F32", "[]", "[8,12]") + "}   ";

        try (Checkpoint checkpoint = Checkpoints.open(write(header, 12))) {
            assertThat(checkpoint.tensors().keySet()).containsExactly("a", "none", "scalar", "z");
            assertThat(checkpoint.tensors().get("none").read(0, 0).remaining()).isZero();
            assertThat(checkpoint.tensors().get("scalar").shape()).isEqualTo(Shape.SCALAR);
        }
    }

    @Test
    void fileOver2GiB_isReadAtItsEnd() throws IOException {
        long elements = 3L << 29;
        String header = "{" + entry("a", "BF16", "[" + elements + "]", "[0," + 2 * elements + "]") + "}";
        Path path = write(header, 0);
        ByteBuffer last = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0x40003F80);
        // Only the last bytes are written; the file system keeps the zeros before them as a hole.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(last, Files.size(path) + 2 * elements - 4);
        }

        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            StoredTensor tensor = checkpoint.tensors().get("a");

            assertThat(tensor.read(elements - 2, 2).getInt()).isEqualTo(0x40003F80);
            assertThat(tensor.read((1L << 29) - 3, 4).getLong()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // a in bytes 0 to 8, then b; header length and the data's place in the file are added below
                "4  | 12 | 12 | begins at byte 130, inside the one before, which ends at 134",
                "12 | 16 | 16 | hole 134 to 138",
                "8  | 12 | 16 | hole 138 to 142",
                "8  | 12 | 10 | ends at byte 138, the file has 136; download it again",
            })
    void placesThatDoNotFit_areRefused(int begin, int end, int dataBytes, String problem) throws IOException {
        String shape = "[" + (end - begin) / 4 + "]";
        String header = "{" + floats("a", 2, 0) + "," + entry("b", "F32", shape, "[" + begin + "," + end + "]") + "}";
        Path file = write(String.format("%-118s", header), dataBytes);

        String message = problem.startsWith("hole ")
                ? "m.safetensors: expected a tensor at every byte, got none for bytes " + problem.substring(5)
                : "m.safetensors: tensor b " + problem;
        assertRefused(file, message);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void fileShorterThanItsHeaderLength_isRefused(int bytes) throws IOException {
        Path file = Files.write(folder.resolve("m.safetensors"), new byte[bytes]);

        assertRefused(
                file,
                "m.safetensors: expected 8 bytes of header length, the file has " + bytes + "; download it again");
    }

    @Test
    void emptyFile_isRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("m.safetensors"));

        assertRefused(file, "m.safetensors: expected content, the file is empty; download it again");
    }

    @Test
    void headerThatIsCutOff_isRefused() throws IOException {
        Path file = RawSafetensors.write(folder.resolve("m.safetensors"), 100, new byte[40], 0);

        assertRefused(file, "m.safetensors: the header ends at byte 108, the file has 48; download it again");
    }

    @ParameterizedTest
    @CsvSource({"100000001, 100000001", "-1, 18446744073709551615"})
    void headerOverTheLimit_isRefused(long length, String shown) throws IOException {
        Path file = RawSafetensors.write(folder.resolve("m.safetensors"), length, new byte[40], 0);

        assertRefused(
                file,
                "m.safetensors: expected a header of at most 100000000 bytes, got " + shown
                        + "; this is not a safetensors file");
    }

    @Test
    void read_outsideOfTheTensor_isRefused() throws IOException {
        try (Checkpoint checkpoint = Checkpoints.open(write("{" + floats("a", 2, 0) + "}", 8))) {
            StoredTensor tensor = checkpoint.tensors().get("a");

            assertThatThrownBy(() -> tensor.read(1, 2))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("m.safetensors: tensor a has 2 elements, got a read of 2 from 1");
            assertThatThrownBy(() -> tensor.read(-1, 1))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("m.safetensors: tensor a has 2 elements, got a read of 1 from -1");
            assertThatThrownBy(() -> tensor.read(0, -1))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("m.safetensors: tensor a has 2 elements, got a read of -1 from 0");
        }
    }

    @ParameterizedTest
    @EnumSource(SafetensorsDType.class)
    void everyKnownDtype_isKnownToTheOtherFormatsToo(SafetensorsDType dtype) {
        assertThat(SafetensorsDType.of(dtype.dtype())).isEqualTo(dtype);
        assertThat(TorchStorageType.of(dtype.dtype()).dtype()).isEqualTo(dtype.dtype());
    }

    private Path write(String header, int dataBytes) throws IOException {
        return RawSafetensors.write(folder.resolve("m.safetensors"), header, dataBytes);
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> Checkpoints.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(message);
    }
}

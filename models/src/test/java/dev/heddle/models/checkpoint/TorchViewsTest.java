package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import net.razorvine.pickle.Opcodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Views of one storage with the floats 0 to 11. */
class TorchViewsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0  | 3 4   | 4 1   | 0 1 2 3 4 5 6 7 8 9 10 11", // as stored
                "0  | 4 3   | 1 4   | 0 4 8 1 5 9 2 6 10 3 7 11", // transposed
                "1  | 2 2   | 6 2   | 1 3 7 9", // a slice with a step
                "2  | 2 3   | 1 0   | 2 2 2 3 3 3", // expanded
                "5  | 3     | 0     | 5 5 5",
                "0  | 2 3 2 | 1 4 2 | 0 2 4 6 8 10 1 3 5 7 9 11", // three axes
                "8  | 2 1 2 | 2 9 1 | 8 9 10 11", // the stride of an axis of length 1 means nothing
                "11 | ''    | ''    | 11", // a scalar
            })
    void view_givesTheElementsThatTorchWould(long offset, String size, String stride, String elements)
            throws IOException {
        Path file = write(12, offset, longs(size), longs(stride));

        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            StoredTensor tensor = checkpoint.tensors().get("a");

            assertThat(tensor.shape()).isEqualTo(Shape.of(longs(size)));
            assertThat(TensorValues.floats(tensor)).containsExactly(floats(elements));
        }
    }

    @Test
    void stridedView_readInParts_givesTheSameElements() throws IOException {
        Path file = write(12, 0, new long[] {2, 3, 2}, new long[] {1, 4, 2});

        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            StoredTensor tensor = checkpoint.tensors().get("a");

            assertThat(TensorValues.floats(tensor, 5, 4)).containsExactly(10, 1, 3, 5);
            assertThat(TensorValues.floats(tensor, 11, 1)).containsExactly(11);
            assertThat(TensorValues.floats(tensor, 12, 0)).isEmpty();
        }
    }

    @Test
    void stridedView_isReadOnlyAndLittleEndian() throws IOException {
        Path file = write(12, 0, new long[] {4, 3}, new long[] {1, 4});

        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            ByteBuffer buffer = checkpoint.tensors().get("a").read(0, 2);

            assertThat(buffer.isReadOnly()).isTrue();
            assertThat(buffer.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(buffer.remaining()).isEqualTo(8);
        }
    }

    @Test
    void read_ofMoreThanABufferHolds_isRefused() throws IOException {
        Path file = write(12, 0, new long[] {1L << 40}, new long[] {0});

        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            StoredTensor tensor = checkpoint.tensors().get("a");

            assertThatThrownBy(() -> tensor.read(0, 1 << 29))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("m.pth: tensor a: a read gives at most 2147483647 bytes, got 2147483648; read it in"
                            + " parts");
        }
    }

    @Test
    void tensors_thatShareAStorage_areRead() throws IOException {
        var archive = archive(12);
        archive.floats("a", "0", 12).tensor("b", "0", 12, 3, new long[] {2}, new long[] {1});

        try (Checkpoint checkpoint = Checkpoints.open(archive.write(folder.resolve("m.pth")))) {
            assertThat(TensorValues.floats(checkpoint.tensors().get("a"))).hasSize(12);
            assertThat(TensorValues.floats(checkpoint.tensors().get("b"))).containsExactly(3, 4);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE, 1L << 60})
    void emptyView_ofAnEmptyStorage_isRead(long offset) throws IOException {
        Path file = write(0, offset, new long[] {0, 4}, new long[] {4, 1});

        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            assertThat(checkpoint.tensors().get("a").shape()).isEqualTo(Shape.of(0, 4));
            assertThat(TensorValues.floats(checkpoint.tensors().get("a"))).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1  | 12  | 1  | offset 1, size [12], stride [1]",
                "12 | ''  | '' | offset 12, size [], stride []",
                "0  | 3 4 | 5 1 | offset 0, size [3, 4], stride [5, 1]",
                "0  | 2   | 9223372036854775807 | offset 0, size [2], stride [9223372036854775807]",
                "0  | 3   | 4611686018427387904 | offset 0, size [3], stride [4611686018427387904]",
                "9223372036854775807 | 1 | 1 | offset 9223372036854775807, size [1], stride [1]",
            })
    void view_overTheEndOfItsStorage_isRefused(long offset, String size, String stride, String view)
            throws IOException {
        assertRefused(
                write(12, offset, longs(size), longs(stride)),
                "m.pth: tensor a: its storage has 12 elements, too few for " + view + "; download it again");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1 | 2   | 1  | offset -1, size [2], stride [1]",
                "5  | 2   | -1 | offset 5, size [2], stride [-1]",
                "0  | 3 4 | 1  | offset 0, size [3, 4], stride [1]",
            })
    void view_thatIsNone_isRefused(long offset, String size, String stride, String view) throws IOException {
        assertRefused(
                write(12, offset, longs(size), longs(stride)),
                "m.pth: tensor a: expected an offset and one stride per axis, all at least 0, got " + view);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-2 -3 | 3 1 | expected axis lengths of at least 0, got shape [-2, -3]",
                "4294967296 4294967296 | 0 0 | shape [4294967296, 4294967296] has more bytes than 64 bits can count",
                "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 | 1 | expected at most 16 axes, got a size of 17",
            })
    void size_thatIsNone_isRefused(String size, String stride, String problem) throws IOException {
        assertRefused(write(12, 0, longs(size), longs(stride)), "m.pth: tensor a: " + problem);
    }

    @ParameterizedTest
    @CsvSource({"11, 44", "13, 52"})
    void storage_ofAnotherSizeThanThePickleSays_isRefused(long elements, long bytes) throws IOException {
        var archive = archive(12).tensor("a", "0", elements, 0, new long[] {1}, new long[] {1});

        assertRefused(
                archive.write(folder.resolve("m.pth")),
                "m.pth: tensor a: its storage 0 takes " + bytes + " bytes, the file has 48; download it again");
    }

    @Test
    void storage_thatIsAbsent_isRefused() throws IOException {
        var archive = archive(12).floats("a", "../1", 12);

        assertRefused(
                archive.write(folder.resolve("m.pth")),
                "m.pth: tensor a: its storage ../1 is not in the file; download it again");
    }

    @Test
    void size_thatIsNoTuple_isRefused() throws IOException {
        var archive = archive(12);
        archive.rebuild("a", pickle -> pickle.number(0).text("x").tuple(1));

        assertRefused(
                archive.write(folder.resolve("m.pth")),
                "m.pth: tensor a: expected its size to be a tuple, got a string");
    }

    @Test
    void offset_thatIsNoNumber_isRefused() throws IOException {
        var archive = archive(12);
        archive.rebuild(
                "a", pickle -> pickle.opcode(Opcodes.EMPTY_LIST).tuple(1).tuple(1));

        assertRefused(
                archive.write(folder.resolve("m.pth")),
                "m.pth: tensor a: expected whole numbers as offset, got a list");
    }

    private Path write(int stored, long offset, long[] size, long[] stride) throws IOException {
        return archive(stored).tensor("a", "0", stored, offset, size, stride).write(folder.resolve("m.pth"));
    }

    private static TorchArchive archive(int stored) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * stored).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < stored; i++) {
            bytes.putFloat(i);
        }
        var archive = new TorchArchive().storage("0", bytes.array());
        archive.pickle().orderedDict();
        return archive;
    }

    private static long[] longs(String text) {
        return Arrays.stream(text.split(" "))
                .filter(word -> !word.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private static float[] floats(String text) {
        long[] values = longs(text);
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = values[i];
        }
        return floats;
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> Checkpoints.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(message);
    }
}

package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arrays of NumPy, right ones and hostile ones. */
final class NpyFileTest {

    @TempDir
    private Path folder;

    private HostTensor read(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("x.npy"), content);
        assertThat(NpyFile.names(file)).containsExactly("x");
        return NpyFile.read(file, "x");
    }

    private static ByteBuffer counted(int bytes) {
        ByteBuffer values = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < bytes; i++) {
            values.put((byte) i);
        }
        return values.flip();
    }

    @Test
    void array_hasTypeShapeAndValues() throws IOException {
        HostTensor tensor = read(NpyFiles.floats("(2, 3)", 1, 2, 3, 4, 5, 6));

        assertThat(tensor).hasToString("float32 [2, 3]");
        assertThat(tensor.values().applyAsDouble(5)).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({
        "<f8,8,float64",
        "<f4,4,float32",
        "<f2,2,float16",
        "<i8,8,int64",
        "<i4,4,int32",
        "|i1,1,int8",
        "|u1,1,uint8",
        "|b1,1,bool"
    })
    void elementTypes_areKnown(String descr, int bytes, String name) throws IOException {
        HostTensor tensor = read(NpyFiles.array(descr, false, "(3,)", counted(3 * bytes)));

        assertThat(tensor).hasToString(name + " [3]");
        assertThat(tensor.bytes()).isEqualTo(counted(3 * bytes));
    }

    @Test
    void columnMajorArray_isTurned() throws IOException {
        HostTensor tensor = read(NpyFiles.array("|u1", true, "(2, 3, 2)", counted(12)));

        assertThat(tensor.shape()).containsExactly(2, 3, 2);
        assertThat(tensor.bytes()).isEqualTo(ByteBuffer.wrap(new byte[] {0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11}));
    }

    @Test
    void arraysWithoutAxesOrValues_areRead() throws IOException {
        assertThat(read(NpyFiles.floats("()", 7)).values().applyAsDouble(0)).isEqualTo(7);
        assertThat(read(NpyFiles.floats("(0, 5)"))).hasToString("float32 [0, 5]");
    }

    @Test
    void archive_hasSeveral() throws IOException {
        Path file = NpyFiles.archive(
                folder.resolve("x.npz"),
                Map.of("logits", NpyFiles.floats("(1,)", 3), "ids", NpyFiles.longs("(1,)", 4)));

        assertThat(NpyFile.names(file)).containsExactly("ids", "logits");
        assertThat(NpyFile.read(file, "ids").longs().get(0)).isEqualTo(4);
        assertThat(NpyFile.read(file, "logits").floats().get(0)).isEqualTo(3);
    }

    private void assertRefused(byte[] content, String problem) throws IOException {
        Path file = Files.write(folder.resolve("x.npy"), content);
        assertThatThrownBy(() -> NpyFile.read(file, "x"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": array x: " + problem);
    }

    @Test
    void damagedArrays_areRefused() throws IOException {
        byte[] right = NpyFiles.floats("(2, 3)", 1, 2, 3, 4, 5, 6);

        assertRefused("no array".getBytes(), "expected an array as numpy.save writes it, got something else");
        assertRefused(new byte[0], "expected an array as numpy.save writes it, got something else");
        assertRefused(Arrays.copyOf(right, right.length - 1), "float32 [2, 3] needs 24 bytes, the file has 23");
        assertRefused(Arrays.copyOf(right, right.length + 1), "float32 [2, 3] needs 24 bytes, the file has more");
        assertRefused(Arrays.copyOf(right, 30), "expected a header as numpy.save writes it, got another one");
    }

    @Test
    void hostileHeaders_costNothing() throws IOException {
        assertRefused(
                NpyFiles.floats("(2000000000, 2000000000, 2000000000)"),
                "float32 [2000000000, 2000000000, 2000000000] needs more than 2147483647 bytes, the limit of a Java"
                        + " buffer");
        assertRefused(NpyFiles.floats("(500000000,)"), "float32 [500000000] needs 2000000000 bytes, the file has 0");
        assertRefused(
                NpyFiles.floats("(" + "1, ".repeat(5000) + ")"),
                "expected a header as numpy.save writes it, got another one");
        // Version 2 has four bytes for the length.
        byte[] longHeader = Arrays.copyOf(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 0, 0, 0, 100}, 64);
        assertRefused(longHeader, "expected a header of at most 65536 bytes, got 1677721600");
    }

    @Test
    void foreignElements_areRefused() throws IOException {
        assertRefused(
                NpyFiles.array(">f4", false, "(1,)", counted(4)),
                "expected little-endian floats, integers or bools, got elements '>f4'");
        assertRefused(
                NpyFiles.array("|O", false, "(1,)", counted(4)),
                "expected little-endian floats, integers or bools, got elements '|O'");
    }

    @Test
    void archiveThatIsNone_isRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("x.npz"), "no zip");

        assertThatThrownBy(() -> NpyFile.names(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": expected a zip as numpy.savez writes it, got ");
    }
}

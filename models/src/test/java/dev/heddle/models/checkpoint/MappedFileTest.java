package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappedFileTest {

    private static final int STEP = 16;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "0, 8", "12, 8", // over the edge of a window
        "15, 16", // a full step from the last byte of a window
        "3, 40", // longer than a window
        "96, 4", // the end of the file
        "100, 0", // nothing, behind the end
    })
    void read_anywhere_givesTheBytesOfThatPlace(int start, int count) throws IOException {
        try (MappedFile file = MappedFile.open(countingFile(), STEP)) {
            ByteBuffer bytes = file.read(start, count);

            assertThat(bytes.remaining()).isEqualTo(count);
            assertThat(bytes.isReadOnly()).isTrue();
            assertThat(bytes.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(content(bytes)).isEqualTo(counting(start, count));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {(1L << 31) - 2, (1L << 32) + 5, (5L << 30) - 4})
    void read_ofALargeFile_givesTheBytesOfThatPlace(long place) throws IOException {
        Path large = folder.resolve("large.bin");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(5L << 30);
            file.seek(place);
            file.write(new byte[] {1, 2, 3, 4});
        }

        try (MappedFile file = MappedFile.open(large)) {
            assertThat(content(file.read(place, 4))).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void copy_overTheEdgeOfAWindow_appendsTheElement() throws IOException {
        try (MappedFile file = MappedFile.open(countingFile(), STEP)) {
            ByteBuffer target = ByteBuffer.allocate(9).put((byte) -1);

            file.copy(15, 8, target);

            assertThat(target.position()).isEqualTo(9);
            assertThat(target.array()).containsExactly(-1, 15, 16, 17, 18, 19, 20, 21, 22);
        }
    }

    @Test
    void read_afterClose_isRefused() throws IOException {
        MappedFile file = MappedFile.open(countingFile(), STEP);
        file.read(0, 1);

        file.close();

        assertThatThrownBy(() -> file.read(0, 1))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("counting.bin: the checkpoint is closed");
        assertThatThrownBy(() -> file.read(0, 0))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("counting.bin: the checkpoint is closed");
        assertThatThrownBy(() -> file.copy(0, 1, ByteBuffer.allocate(1)))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("counting.bin: the checkpoint is closed");
    }

    @Test
    void buffer_readBeforeClose_staysReadable() throws IOException {
        MappedFile file = MappedFile.open(countingFile(), STEP);
        ByteBuffer bytes = file.read(40, 2);

        file.close();

        assertThat(content(bytes)).containsExactly(40, 41);
    }

    @Test
    void open_withoutAFile_saysSo() {
        assertThatThrownBy(() -> MappedFile.open(folder.resolve("absent.bin")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("absent.bin: expected a file, found none; download it again");
    }

    @Test
    void read_whenTheFileWasShortened_namesFileAndPlace() throws IOException {
        Path path = countingFile();
        try (MappedFile file = MappedFile.open(path, STEP)) {
            Files.write(path, new byte[1]);

            assertThatThrownBy(() -> file.read(64, 8))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith("counting.bin: cannot be mapped at byte 64: ");
        }
    }

    private Path countingFile() throws IOException {
        return Files.write(folder.resolve("counting.bin"), counting(0, 100));
    }

    private static byte[] counting(int start, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (start + i);
        }
        return bytes;
    }

    private static byte[] content(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}

package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlacedChannelTest {

    /** Linux: every write fails as on a disk without space. */
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    private Path folder;

    @Test
    void write_toAFullDisk_namesTheFile() throws IOException {
        assumeTrue(Files.exists(FULL), "no " + FULL + " on this system");
        try (FileChannel full = FileChannel.open(FULL, StandardOpenOption.WRITE)) {
            PlacedChannel channel = new PlacedChannel(full, Path.of("out/model.onnx.data"), 0, 8, bytes -> {});

            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(8)))
                    .isInstanceOf(UnwritableFileException.class)
                    .hasMessage("out/model.onnx.data: cannot be written: No space left on device;"
                            + " free space or choose another folder");
        }
    }

    @Test
    void write_inTheMiddle_leavesTheRest() throws IOException {
        Path file = Files.write(folder.resolve("data"), new byte[] {1, 1, 1, 1, 1, 1});
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
            PlacedChannel channel = new PlacedChannel(open, file, 2, 4, bytes -> {});

            channel.write(ByteBuffer.wrap(new byte[] {7, 8}));
            channel.pad(5);
        }

        assertThat(Files.readAllBytes(file)).containsExactly(1, 1, 7, 8, 0, 1);
    }

    @Test
    void write_beyondFourGibibytes_landsThere() throws IOException {
        Path file = folder.resolve("data");
        long place = 5L << 30;
        try (FileChannel open = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            PlacedChannel channel = new PlacedChannel(open, file, place, place + 3, bytes -> {});

            channel.write(ByteBuffer.wrap(new byte[] {7, 8, 9}));

            ByteBuffer read = ByteBuffer.allocate(4);
            assertThat(open.read(read, place)).isEqualTo(3);
            assertThat(read.array()).containsExactly(7, 8, 9, 0);
        }
    }
}

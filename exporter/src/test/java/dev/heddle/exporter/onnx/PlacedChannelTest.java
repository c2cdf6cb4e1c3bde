package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class PlacedChannelTest {

    /** Linux: every write fails as on a disk without space. */
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    private Path folder;

    @Test
    void write_toAFullDisk_namesTheFile() throws IOException {
        assumeTrue(Files.exists(FULL), "no " + FULL + " on this system");
        try (FileChannel full = FileChannel.open(FULL, StandardOpenOption.WRITE);
                WriteBehind disk = new WriteBehind(3)) {
            BlockFile file = new BlockFile(Path.of("out/model.onnx.data"), full);
            place(disk, file, 0, new byte[8]);

            assertThatThrownBy(disk::finish)
                    .isInstanceOf(UnwritableFileException.class)
                    .hasMessage("out/model.onnx.data: cannot be written: No space left on device;"
                            + " free space or choose another folder");
            assertThatThrownBy(disk::take).isInstanceOf(UnwritableFileException.class);
        }
    }

    @Test
    void write_inTheMiddle_leavesTheRest() throws IOException {
        byte[] first = bytes(1, 10_000);
        byte[] second = bytes(2, 5000);
        Path path = folder.resolve("data");

        try (BlockFile file = BlockFile.create(path);
                WriteBehind disk = new WriteBehind(3)) {
            place(disk, file, 12_288, second);
            place(disk, file, 0, first);
            disk.finish();
            file.complete(12_288 + 5000);
        }

        ByteBuffer expected = ByteBuffer.allocate(12_288 + 5000).put(first).position(12_288);
        assertThat(Files.readAllBytes(path)).isEqualTo(expected.put(second).array());
    }

    @Test
    void write_ofManyBlocksInOddPortions_keepsTheirOrder() throws IOException {
        byte[] contents = bytes(3, 50_000_001);
        List<Long> told = new ArrayList<>();
        Path path = folder.resolve("data");

        try (BlockFile file = BlockFile.create(path);
                WriteBehind disk = new WriteBehind(3);
                PlacedChannel channel = new PlacedChannel(disk, file, 0, contents.length, told::add)) {
            for (int done = 0; done < contents.length; done += 777_777) {
                channel.write(ByteBuffer.wrap(contents, done, Math.min(777_777, contents.length - done)));
            }
            channel.finish();
            disk.finish();
            file.complete(contents.length);
        }

        assertThat(Files.readAllBytes(path)).isEqualTo(contents);
        assertThat(told.stream().mapToLong(bytes -> bytes)).hasSize(65);
        assertThat(told.stream().mapToLong(bytes -> bytes).sum()).isEqualTo(contents.length);
    }

    @Test
    void write_beyondFourGibibytes_landsThere() throws IOException {
        Path path = folder.resolve("data");
        long position = 5L << 30;

        try (BlockFile file = BlockFile.create(path);
                WriteBehind disk = new WriteBehind(3)) {
            place(disk, file, position, new byte[] {7, 8, 9});
            disk.finish();
            file.complete(position + 3);
        }

        try (FileChannel open = FileChannel.open(path)) {
            ByteBuffer read = ByteBuffer.allocate(4);
            assertThat(open.read(read, position)).isEqualTo(3);
            assertThat(read.array()).containsExactly(7, 8, 9, 0);
        }
    }

    @Test
    void blocks_ofChannelsThatWereGivenUp_comeBack() throws IOException {
        try (BlockFile file = BlockFile.create(folder.resolve("data"));
                WriteBehind disk = new WriteBehind(3)) {
            for (int i = 0; i < 100; i++) {
                PlacedChannel channel = new PlacedChannel(disk, file, 0, 8, bytes -> {});
                channel.write(ByteBuffer.allocate(4));
                channel.close();
            }
            disk.finish();
        }

        assertThat(folder.resolve("data")).isEmptyFile();
    }

    @Test
    void create_ofAFileThatExists_isRefused() throws IOException {
        Path path = Files.write(folder.resolve("data"), new byte[] {1});

        assertThatThrownBy(() -> BlockFile.create(path)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(path).hasBinaryContent(new byte[] {1});
    }

    private static byte[] bytes(int seed, int count) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void place(WriteBehind disk, BlockFile file, long position, byte[] bytes) throws IOException {
        try (PlacedChannel channel = new PlacedChannel(disk, file, position, position + bytes.length, count -> {})) {
            channel.write(ByteBuffer.wrap(bytes));
            channel.finish();
        }
    }
}

package dev.heddle.exporter.onnx;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A new file that is written in whole blocks, at multiples of {@link DataLayout#ALIGNMENT}. Where the file system can, the blocks go to the disk without passing the
 * system's cache: that takes an eighth of the processor time, and leaves the source in the cache.
 */
final class BlockFile implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;

    BlockFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * @throws java.nio.file.FileAlreadyExistsException if there is a file
     * @throws IOException if it cannot be made
     */
    static BlockFile create(Path path) throws IOException {
        try {
            FileChannel cached = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new BlockFile(path, direct(path, cached));
        } catch (IOException e) {
            throw UnwritableFileException.of(path, e);
        }
    }

    /** The file opened once more without the system's cache, or as it is open where that cannot be. */
    private static FileChannel direct(Path path, FileChannel cached) throws IOException {
        if (DataLayout.ALIGNMENT % Files.getFileStore(path).getBlockSize() != 0) {
            return cached;
        }
        try {
            FileChannel direct = FileChannel.open(path, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
            cached.close();
            return direct;
        } catch (UnsupportedOperationException | IOException e) {
            return cached;
        }
    }

    /**
     * Writes all of an aligned buffer.
     *
     * @throws UnwritableFileException if the file takes no more
     */
    void write(ByteBuffer block, long position) throws IOException {
        try {
            for (long at = position; block.hasRemaining(); ) {
                at += channel.write(block, at);
            }
        } catch (IOException e) {
            throw UnwritableFileException.of(path, e);
        }
    }

    /** Cuts off what the last block has too much, and forces the file to the disk. */
    void complete(long bytes) throws IOException {
        try {
            channel.truncate(bytes);
            channel.force(true);
        } catch (IOException e) {
            throw UnwritableFileException.of(path, e);
        }
    }

    String name() {
        return path.getFileName().toString();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

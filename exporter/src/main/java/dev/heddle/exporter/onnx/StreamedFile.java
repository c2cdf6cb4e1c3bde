package dev.heddle.exporter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A new file that is written from its start to its end, behind the one who writes and past the system's cache where that can be. For one thread. */
public final class StreamedFile implements WritableByteChannel {

    private static final int BLOCKS = 4;

    private final BlockFile file;
    private final WriteBehind disk = new WriteBehind(BLOCKS);
    private final PlacedChannel channel;

    private StreamedFile(BlockFile file) {
        this.file = file;
        this.channel = new PlacedChannel(disk, file, 0, Long.MAX_VALUE, bytes -> {});
    }

    /**
     * @throws java.nio.file.FileAlreadyExistsException if there is a file
     * @throws IOException if it cannot be made
     */
    public static StreamedFile create(Path path) throws IOException {
        return new StreamedFile(BlockFile.create(path));
    }

    /** The number of bytes so far. */
    public long position() {
        return channel.position();
    }

    /** @throws UnwritableFileException if the file has taken no more */
    @Override
    public int write(ByteBuffer source) throws IOException {
        return channel.write(source);
    }

    /**
     * Ends the file and forces it to the disk.
     *
     * @throws UnwritableFileException if it cannot be written to its end
     */
    public void complete() throws IOException {
        long bytes = channel.position();
        channel.finish();
        disk.finish();
        file.complete(bytes);
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    /** Leaves what was not completed as it is. */
    @Override
    public void close() throws IOException {
        channel.close();
        disk.close();
        file.close();
    }
}

package dev.heddle.exporter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** Writes one stretch of a file, whatever others write elsewhere in it. Closing it leaves the file open. */
final class PlacedChannel implements WritableByteChannel {

    private final FileChannel file;
    private final Path path;
    private final LongConsumer written;
    private final long end;
    private long position;

    /**
     * @param position of the first byte
     * @param end the byte after the last
     * @param written told the number of bytes of each write, padding left out
     */
    PlacedChannel(FileChannel file, Path path, long position, long end, LongConsumer written) {
        this.file = file;
        this.path = path;
        this.position = position;
        this.end = end;
        this.written = written;
    }

    long position() {
        return position;
    }

    /**
     * @throws UnwritableFileException if the file takes no more
     * @throws IllegalStateException if that goes beyond the end
     */
    @Override
    public int write(ByteBuffer source) throws IOException {
        if (source.remaining() > end - position) {
            throw new IllegalStateException("must end at byte " + end + " of " + path.getFileName()
                    + ", was given bytes up to " + (position + source.remaining()));
        }
        int bytes = put(source);
        written.accept(bytes);
        return bytes;
    }

    /** Zeros after the end, up to this byte: a gap would be a hole in the file. */
    void pad(long next) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(Math.toIntExact(next - position));
        while (zeros.hasRemaining()) {
            put(zeros);
        }
    }

    private int put(ByteBuffer source) throws IOException {
        try {
            int bytes = file.write(source, position);
            position += bytes;
            return bytes;
        } catch (IOException e) {
            throw UnwritableFileException.of(path, e);
        }
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    @Override
    public void close() {}
}

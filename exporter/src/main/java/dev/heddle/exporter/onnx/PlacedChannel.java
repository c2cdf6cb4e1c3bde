package dev.heddle.exporter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Writes one stretch of a file, whatever others write elsewhere in it. Closing it leaves the file open, and drops what {@link #finish} was not called for. */
final class PlacedChannel implements WritableByteChannel {

    private final WriteBehind disk;
    private final BlockFile file;
    private final LongConsumer written;
    private final long end;
    private long position;
    private @Nullable ByteBuffer block;

    /**
     * @param position of the first byte, aligned
     * @param end the byte after the last
     * @param written told the number of bytes of each write, padding left out
     */
    PlacedChannel(WriteBehind disk, BlockFile file, long position, long end, LongConsumer written) {
        this.disk = disk;
        this.file = file;
        this.position = position;
        this.end = end;
        this.written = written;
    }

    long position() {
        return position;
    }

    /**
     * Takes all of it; it is on the disk later.
     *
     * @throws UnwritableFileException if the file has taken no more
     * @throws IllegalStateException if that goes beyond the end
     */
    @Override
    public int write(ByteBuffer source) throws IOException {
        int bytes = source.remaining();
        if (bytes > end - position) {
            throw new IllegalStateException(
                    "must end at byte " + end + " of " + file.name() + ", was given bytes up to " + (position + bytes));
        }
        while (source.hasRemaining()) {
            ByteBuffer into = block();
            int count = Math.min(source.remaining(), into.remaining());
            into.put(into.position(), source, source.position(), count);
            into.position(into.position() + count);
            source.position(source.position() + count);
            position += count;
            if (!into.hasRemaining()) {
                send(into);
            }
        }
        written.accept(bytes);
        return bytes;
    }

    private ByteBuffer block() throws IOException {
        ByteBuffer current = block;
        if (current == null) {
            current = disk.take();
            block = current;
        }
        return current;
    }

    private void send(ByteBuffer filled) {
        block = null;
        disk.write(filled, file, position - filled.limit());
    }

    /** Writes what is left, with zeros up to an aligned end: a gap would be a hole in the file. */
    void finish() {
        ByteBuffer last = block;
        if (last != null) {
            long aligned = DataLayout.aligned(position);
            for (; position < aligned; position++) {
                last.put((byte) 0);
            }
            send(last.flip());
        }
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        if (block != null) {
            disk.giveBack(block);
            block = null;
        }
    }
}

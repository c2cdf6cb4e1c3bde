package dev.heddle.models.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32;

/** Passes on what it is given, and keeps count and checksum of it. Closing it leaves the target open. */
final class CountingChannel implements WritableByteChannel {

    private final WritableByteChannel target;
    private final CRC32 checksum = new CRC32();
    private long count;

    CountingChannel(WritableByteChannel target) {
        this.target = target;
    }

    long count() {
        return count;
    }

    /**
     * Fails if {@code tensor} has written another number of bytes than it announced, which would shift all that follow.
     */
    void requireCount(String tensor, long expected) {
        if (count != expected) {
            throw new IllegalStateException("tensor " + tensor + " wrote " + count + " bytes, expected " + expected);
        }
    }

    int crc32() {
        return (int) checksum.getValue();
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        ByteBuffer written = source.duplicate();
        int bytes = target.write(source);
        checksum.update(written.limit(source.position()));
        count += bytes;
        return bytes;
    }

    /** Writes all of it, however many calls that takes. */
    void writeFully(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            write(source);
        }
    }

    @Override
    public boolean isOpen() {
        return target.isOpen();
    }

    @Override
    public void close() {}
}

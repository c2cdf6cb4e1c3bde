package dev.heddle.models.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Bytes of a pickle. Reading past the end is an error and never gives -1, which the unpickler would take for a value.
 */
final class PickleInput extends InputStream {

    private final ByteBuffer bytes;

    PickleInput(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    int position() {
        return bytes.position();
    }

    @Override
    public int available() {
        return bytes.remaining();
    }

    @Override
    public int read() throws IOException {
        requireRemaining(1);
        return Byte.toUnsignedInt(bytes.get());
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        requireRemaining(length);
        bytes.get(target, offset, length);
        return length;
    }

    /**
     * Fails if the length that comes next (4 or 8 bytes) promises more than there is, before anyone allocates for it.
     */
    void requireAnnounced(int lengthBytes) throws IOException {
        requireRemaining(lengthBytes);
        int at = bytes.position();
        requireRemaining(lengthBytes == 4 ? Integer.toUnsignedLong(bytes.getInt(at)) : bytes.getLong(at));
    }

    private void requireRemaining(long count) throws EOFException {
        if (count < 0 || count > bytes.remaining()) {
            throw new EOFException("the pickle ends before its STOP");
        }
    }
}

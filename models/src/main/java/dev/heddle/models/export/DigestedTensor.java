package dev.heddle.models.export;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.checkpoint.StoredTensor;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A tensor that digests its bytes in order, whatever the order of the reads: a read takes everything up to its end that was not taken before. Bytes between come from
 * disk a little earlier than asked for, since the strips of a transposed matrix and the rows of a split one are asked for soon after.
 */
final class DigestedTensor implements StoredTensor {

    private static final int BLOCK_ELEMENTS = 1 << 18;

    private final StoredTensor of;
    private final MessageDigest digest = Sha256.start();
    private final ReentrantLock digesting = new ReentrantLock();
    private volatile long digested;

    DigestedTensor(StoredTensor of) {
        this.of = of;
    }

    /** Of all bytes, in hexadecimal digits. Ends the digesting: not to be called twice. */
    String digest() {
        digesting.lock();
        try {
            digestTo(shape().elements());
            return HexFormat.of().formatHex(digest.digest());
        } finally {
            digesting.unlock();
        }
    }

    /** One that finds another digesting does not wait: what it read is digested with a later read, or at the end. */
    @Override
    public ByteBuffer read(long first, int count) {
        ByteBuffer bytes = of.read(first, count);
        if (first + count > digested && digesting.tryLock()) {
            try {
                digest(first, bytes.duplicate(), count);
            } finally {
                digesting.unlock();
            }
        }
        return bytes;
    }

    private void digest(long first, ByteBuffer bytes, int count) {
        if (first == digested) {
            digest.update(bytes);
            digested += count;
        } else {
            digestTo(first + count);
        }
    }

    private void digestTo(long end) {
        while (digested < end) {
            int count = (int) Math.min(BLOCK_ELEMENTS, end - digested);
            digest.update(of.read(digested, count));
            digested += count;
        }
    }

    @Override
    public String name() {
        return of.name();
    }

    @Override
    public DType dtype() {
        return of.dtype();
    }

    @Override
    public Shape shape() {
        return of.shape();
    }

    @Override
    public String location() {
        return of.location();
    }

    @Override
    public String toString() {
        return of.toString();
    }
}

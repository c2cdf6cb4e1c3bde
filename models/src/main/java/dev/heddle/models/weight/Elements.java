package dev.heddle.models.weight;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The elements of a weight as a row-major sequence, read piece by piece. Thread-safe. */
interface Elements {

    FloatFormat format();

    /**
     * Elements {@code first} to {@code first + count}, as a little-endian buffer from position 0 to its limit; not to
     * be written to.
     */
    ByteBuffer read(long first, int count);

    /** Number of elements that are best read at once, from a multiple of it on; a multiple of 4096. */
    int blockLength();

    /** Takes elements as {@link #read} gives them; the buffer may be used again after the call. */
    @FunctionalInterface
    interface Taker {
        void take(ByteBuffer elements, int count) throws IOException;
    }

    /** Gives elements {@code first} to {@code first + count} in order, in as many buffers as is cheapest. */
    default void give(long first, int count, Taker taker) throws IOException {
        for (int done = 0; done < count; done += blockLength()) {
            int length = Math.min(blockLength(), count - done);
            taker.take(read(first + done, length), length);
        }
    }
}

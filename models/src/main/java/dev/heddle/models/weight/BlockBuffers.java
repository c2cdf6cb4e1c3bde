package dev.heddle.models.weight;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Large buffers that are used again and again: a new one each time would have to be filled with zeros and collected. Thread-safe. */
final class BlockBuffers {

    /** Large, so that the strips of a tall matrix stay wide: 126 columns of 133120 rows of two bytes. */
    static final int BYTES = 1 << 25;

    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();

    /** Little endian, of {@link #BYTES} bytes, with contents of any kind. To be given back. */
    ByteBuffer take() {
        ByteBuffer buffer = free.poll();
        return buffer == null ? ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN) : buffer.clear();
    }

    void giveBack(ByteBuffer buffer) {
        free.add(buffer);
    }
}

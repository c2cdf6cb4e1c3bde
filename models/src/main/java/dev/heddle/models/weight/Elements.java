package dev.heddle.models.weight;

import java.nio.ByteBuffer;

/** The elements of a weight as a row-major sequence, read piece by piece. Thread-safe. */
interface Elements {

    FloatFormat format();

    /**
     * Elements {@code first} to {@code first + count}, as a little-endian buffer from position 0 to its limit; not to
     * be written to.
     */
    ByteBuffer read(long first, int count);

    /** Number of elements that are best read at once, from a multiple of it on. */
    int blockLength();
}

package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;
import java.util.Arrays;

/** Size of a tensor whose shape comes from a file and may be anything. */
final class ByteCount {

    private ByteCount() {}

    static long of(String where, DType dtype, long[] lengths) {
        long bytes = dtype.bytes();
        boolean overflows = false;
        for (long length : lengths) {
            if (length < 0) {
                throw new ModelFormatException(
                        where + ": expected axis lengths of at least 0, got shape " + Arrays.toString(lengths));
            }
            overflows |= length != 0 && bytes > Long.MAX_VALUE / length;
            bytes *= length;
        }
        // A length of 0 after an overflow would make the product harmless again; such a shape is nonsense all the same.
        if (overflows) {
            throw new ModelFormatException(
                    where + ": shape " + Arrays.toString(lengths) + " has more bytes than 64 bits can count");
        }
        return bytes;
    }
}

package dev.heddle.runtime.cache;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.nio.ByteBuffer;

/**
 * Memory for an input that each step makes anew and no step keeps.
 *
 * <p>Direct memory goes back only with a garbage collection, which a loop with little heap hardly ever has; so it is used
 * again. Not thread-safe.
 */
final class StepMemory {
    private ByteBuffer bytes = ByteBuffer.allocateDirect(0);

    /** An INT64 tensor with whatever values; it takes the place of the one given before. */
    HostTensor longs(int rows, int columns) {
        int needed = Math.multiplyExact(Math.multiplyExact(rows, columns), DType.INT64.bytes());
        if (bytes.capacity() < needed) {
            int roomy = (int) Math.min(Integer.MAX_VALUE, 2L * needed);
            bytes = ByteBuffer.allocateDirect(roomy);
        }
        return HostTensor.of(DType.INT64, bytes.slice(0, needed), rows, columns);
    }
}

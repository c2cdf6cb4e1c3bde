package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import java.nio.ByteBuffer;

/** One tensor of a checkpoint; its elements stay on disk until asked for. Thread-safe. */
public interface StoredTensor {

    String name();

    DType dtype();

    /** Fixed lengths. */
    Shape shape();

    /** The file it lies in, for messages. */
    String location();

    /**
     * Elements {@code first} to {@code first + count} (row-major), as a read-only little-endian buffer from position 0
     * to its limit.
     *
     * <p>The buffer is a view of the file where the elements lie there in this order, and a copy otherwise. It stays
     * readable after the checkpoint is closed.
     *
     * @throws IndexOutOfBoundsException if they do not lie in the tensor
     * @throws IllegalArgumentException if they take more than {@link Integer#MAX_VALUE} bytes, or begin within a byte
     * @throws IllegalStateException if the checkpoint is closed
     */
    ByteBuffer read(long first, int count);
}

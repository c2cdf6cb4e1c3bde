package dev.heddle.exporter.graph;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * Contents of an initializer, produced when the file is written, so that a model may be larger than the heap.
 *
 * <p>Implementations must give the same bytes on every call.
 */
public interface TensorData {

    /** Element type and fixed shape. */
    TensorType type();

    /** Writes all elements, row-major, little endian: exactly {@link #byteCount} bytes. */
    void writeTo(WritableByteChannel out) throws IOException;

    /** One write of all elements that several threads can share. */
    default TensorPieces pieces() {
        return TensorPieces.whole(this);
    }

    default long byteCount() {
        return type().dtype().byteCount(type().shape().elements());
    }
}

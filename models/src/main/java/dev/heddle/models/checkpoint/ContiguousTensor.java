package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import java.nio.ByteBuffer;

/**
 * Elements one after the other in row-major order; reading gives a view of the file.
 *
 * @param start byte of the file at which element 0 begins
 */
record ContiguousTensor(String name, DType dtype, Shape shape, MappedFile file, long start) implements StoredTensor {

    @Override
    public String location() {
        return file.name();
    }

    @Override
    public ByteBuffer read(long first, int count) {
        int bytes = ElementRange.bytes(this, first, count);
        return file.read(start + ElementRange.start(this, first), bytes);
    }

    @Override
    public String toString() {
        return name + ": " + dtype.onnxName() + shape + " in " + location();
    }
}

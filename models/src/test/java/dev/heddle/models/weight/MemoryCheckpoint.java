package dev.heddle.models.weight;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.StoredTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** A checkpoint that lies in memory. */
public record MemoryCheckpoint(SortedMap<String, StoredTensor> tensors) implements Checkpoint {

    public MemoryCheckpoint() {
        this(new TreeMap<>());
    }

    /** Adds a tensor of these little-endian bytes. */
    public MemoryCheckpoint with(String name, DType dtype, Shape shape, byte[] bytes) {
        tensors.put(name, new Tensor(name, dtype, shape, bytes));
        return this;
    }

    public MemoryCheckpoint withFloats(String name, Shape shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return with(name, DType.FLOAT32, shape, bytes.array());
    }

    public MemoryCheckpoint withDoubles(String name, Shape shape, double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return with(name, DType.FLOAT64, shape, bytes.array());
    }

    public MemoryCheckpoint withShorts(String name, DType dtype, Shape shape, int... bits) {
        ByteBuffer bytes = ByteBuffer.allocate(bits.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : bits) {
            bytes.putShort((short) value);
        }
        return with(name, dtype, shape, bytes.array());
    }

    @Override
    public void close() {}

    private record Tensor(String name, DType dtype, Shape shape, byte[] bytes) implements StoredTensor {
        Tensor {
            if (bytes.length != dtype.byteCount(shape.elements())) {
                throw new IllegalArgumentException(name + " of shape " + shape + " got " + bytes.length + " bytes");
            }
        }

        @Override
        public String location() {
            return "memory";
        }

        @Override
        public ByteBuffer read(long first, int count) {
            int from = Math.toIntExact(first * dtype.bits() / Byte.SIZE);
            int length = Math.toIntExact(dtype.byteCount(count));
            Objects.checkFromIndexSize(from, length, bytes.length);
            return ByteBuffer.wrap(bytes, from, length)
                    .slice()
                    .asReadOnlyBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}

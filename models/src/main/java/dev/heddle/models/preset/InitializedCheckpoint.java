package dev.heddle.models.preset;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.decoder.Decoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** A checkpoint in float32 that lies nowhere: every slice is computed when it is read, from a seed. */
record InitializedCheckpoint(SortedMap<String, StoredTensor> tensors) implements Checkpoint {

    InitializedCheckpoint {
        tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    }

    static InitializedCheckpoint of(Decoder decoder, Initialization initialization, long seed) {
        SortedMap<String, Shape> shapes = decoder.storedTensors();
        SortedMap<String, StoredTensor> tensors = new TreeMap<>();
        ElementRules.of(decoder, initialization)
                .forEach((name, rule) -> tensors.put(
                        name,
                        new InitializedTensor(
                                name, shapes.getOrDefault(name, Shape.SCALAR), rule, Noise.of(seed, name))));
        return new InitializedCheckpoint(tensors);
    }

    @Override
    public void close() {}

    private record InitializedTensor(String name, Shape shape, ElementRule rule, Noise noise) implements StoredTensor {

        @Override
        public DType dtype() {
            return DType.FLOAT32;
        }

        @Override
        public String location() {
            return "preset";
        }

        @Override
        public ByteBuffer read(long first, int count) {
            if (first < 0 || count < 0 || first > shape.elements() - count) {
                throw new IndexOutOfBoundsException("tensor " + name + " of shape " + shape + " has no elements "
                        + first + " to " + (first + count));
            }
            ByteBuffer buffer =
                    ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            for (int index = 0; index < count; index++) {
                buffer.putFloat(index * Float.BYTES, (float) rule.at(first + index, noise));
            }
            return buffer.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}

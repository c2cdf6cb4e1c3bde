package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/** A tensor in memory, for tests that write files. */
final class ArrayTensor implements TensorData {

    private final TensorType type;
    private final byte[] bytes;

    private ArrayTensor(TensorType type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    static ArrayTensor ofBytes(TensorType type, int... bytes) {
        byte[] content = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            content[i] = (byte) bytes[i];
        }
        return new ArrayTensor(type, content);
    }

    static ArrayTensor ofFloats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return new ArrayTensor(TensorType.of(DType.FLOAT32, values.length), bytes.array());
    }

    static ArrayTensor ofLongs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(values).forEach(bytes::putLong);
        return new ArrayTensor(TensorType.of(DType.INT64, values.length), bytes.array());
    }

    /** The same elements under another shape. */
    ArrayTensor shaped(long... lengths) {
        return new ArrayTensor(TensorType.of(type.dtype(), lengths), bytes);
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        while (source.hasRemaining()) {
            out.write(source);
        }
    }
}

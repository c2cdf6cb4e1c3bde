package dev.heddle.models.checkpoint;

import java.nio.ByteBuffer;

/** Elements of stored tensors as Java arrays, for assertions. */
final class TensorValues {

    private TensorValues() {}

    static float[] floats(StoredTensor tensor) {
        return floats(tensor, 0, (int) tensor.shape().elements());
    }

    static float[] floats(StoredTensor tensor, long first, int count) {
        float[] values = new float[count];
        tensor.read(first, count).asFloatBuffer().get(values);
        return values;
    }

    static long[] longs(StoredTensor tensor) {
        long[] values = new long[(int) tensor.shape().elements()];
        tensor.read(0, values.length).asLongBuffer().get(values);
        return values;
    }

    static byte[] bytes(StoredTensor tensor) {
        ByteBuffer buffer = tensor.read(0, (int) tensor.shape().elements());
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}

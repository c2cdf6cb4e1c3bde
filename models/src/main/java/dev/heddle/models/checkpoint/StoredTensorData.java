package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** The bytes of a stored tensor as they are. */
public record StoredTensorData(StoredTensor tensor) implements TensorData {

    private static final int BLOCK_BYTES = 1 << 20;

    @Override
    public TensorType type() {
        return new TensorType(tensor.dtype(), tensor.shape());
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        long elements = tensor.shape().elements();
        int block = BLOCK_BYTES / tensor.dtype().bytes();
        for (long first = 0; first < elements; first += block) {
            ByteBuffer buffer = tensor.read(first, (int) Math.min(block, elements - first));
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
    }
}

package dev.heddle.cli;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** A tensor that is not of the model: 0, 1, ... 15. */
record SixteenFloats() implements TensorData {

    @Override
    public TensorType type() {
        return TensorType.of(DType.FLOAT32, 2, 8);
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(16 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; index < 16; index++) {
            buffer.putFloat(index);
        }
        out.write(buffer.flip());
    }
}

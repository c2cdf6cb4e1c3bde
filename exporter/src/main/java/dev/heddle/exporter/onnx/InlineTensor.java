package dev.heddle.exporter.onnx;

import com.google.protobuf.ByteString;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A tensor whose elements stand in the model file, when they are not a {@link dev.heddle.exporter.graph.Literal}.
 *
 * @param bytes row-major, little endian
 */
record InlineTensor(TensorType type, ByteString bytes) implements TensorData {

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        for (ByteBuffer part : bytes.asReadOnlyByteBufferList()) {
            while (part.hasRemaining()) {
                out.write(part);
            }
        }
    }
}

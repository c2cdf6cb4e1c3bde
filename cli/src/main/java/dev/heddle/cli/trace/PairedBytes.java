package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Elements that share bytes, as the bytes that they share. */
record PairedBytes(TensorData pairs) implements TensorData {

    /** The tensor itself if each of its elements has bytes of its own. */
    static TensorData of(TensorData data) {
        return data.type().dtype().bits() < Byte.SIZE ? new PairedBytes(data) : data;
    }

    @Override
    public TensorType type() {
        return TensorType.of(DType.UINT8, pairs.byteCount());
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        pairs.writeTo(out);
    }
}

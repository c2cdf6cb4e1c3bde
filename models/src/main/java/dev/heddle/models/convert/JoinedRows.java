package dev.heddle.models.convert;

import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * A tensor whose rows come from several.
 *
 * @param parts in the order of their rows
 */
record JoinedRows(TensorType type, List<TensorData> parts) implements TensorData {

    JoinedRows {
        parts = List.copyOf(parts);
    }

    /** What the parts write, as against what the type takes. */
    long rowBytes() {
        return parts.stream().mapToLong(TensorData::byteCount).reduce(0, Math::addExact);
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        for (TensorData part : parts) {
            part.writeTo(out);
        }
    }
}

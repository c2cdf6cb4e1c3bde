package dev.heddle.exporter.onnx;

import com.google.protobuf.MessageLite;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.proto.FunctionProto;
import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.ModelProto;
import java.util.List;

/** Bytes of a model as a message, which protobuf counts in 32 bits and does not notice when they are too many. */
final class MessageSize {

    /** Tag and length before a part, at most. */
    private static final int FRAME_BYTES = 10;

    private MessageSize() {}

    /** @throws GraphException if nodes, names and small tensors take more than this */
    static void require(ModelProto model, long limit) {
        GraphProto graph = model.getGraph();
        long bytes = of(graph.getNodeList())
                + of(graph.getInitializerList())
                + of(graph.getValueInfoList())
                + of(graph.getInputList())
                + of(graph.getOutputList())
                + of(model.getMetadataPropsList());
        for (FunctionProto function : model.getFunctionsList()) {
            bytes += of(function.getNodeList());
        }
        if (bytes > limit) {
            throw new GraphException("model file: expected at most " + limit
                    + " bytes of nodes, names and small tensors, got " + bytes + "; split the model");
        }
    }

    private static long of(List<? extends MessageLite> parts) {
        return parts.stream()
                .mapToLong(part -> FRAME_BYTES + part.getSerializedSize())
                .sum();
    }
}

package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.proto.FunctionProto;
import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.ModelProto;
import org.junit.jupiter.api.Test;

final class MessageSizeTest {

    private static final ModelProto MODEL = ModelProto.newBuilder()
            .setGraph(GraphProto.newBuilder()
                    .addNode(ProtoSamples.node().setName("n".repeat(500)))
                    .addInitializer(ProtoSamples.tensor("w".repeat(300), 1, 1)))
            .addFunctions(FunctionProto.newBuilder().addNode(ProtoSamples.node().setName("f".repeat(200))))
            .build();

    @Test
    void model_withTooManyNames_isRefused() {
        assertThatThrownBy(() -> MessageSize.require(MODEL, 1000))
                .isInstanceOf(GraphException.class)
                .hasMessageMatching("model file: expected at most 1000 bytes of nodes, names and small tensors, got"
                        + " 10\\d\\d; split the model");
    }

    @Test
    void model_withinTheLimit_isAccepted() {
        assertThatNoException().isThrownBy(() -> MessageSize.require(MODEL, 1100));
    }
}

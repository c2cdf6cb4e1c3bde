package dev.heddle.exporter.graph;

import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.ops.OpSchema;
import dev.heddle.ops.OpSchema.AttributeType;
import dev.heddle.ops.OpSchema.Parameter;
import dev.heddle.ops.OpSchema.Presence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Map;

/** Small graphs for tests: y = factor * (x W) + b, the multiplication being an operator of a test's own domain. */
public final class SampleGraphs {

    /** y = factor * x. */
    public static final OpSchema SCALE = new OpSchema(
            "test.ops",
            "Scale",
            1,
            "y = factor * x",
            List.of(new Parameter("x", Presence.REQUIRED, "")),
            List.of(new Parameter("y", Presence.REQUIRED, "")),
            List.of(new OpSchema.Attribute("factor", AttributeType.FLOAT, Presence.REQUIRED, "")));

    /** The body of {@link #SCALE}. */
    public static final FunctionBody SCALE_BODY =
            (scope, inputs) -> List.of(new OnnxOps(scope).mul("scaled", inputs.get(0), scope.scalar("factor")));

    private SampleGraphs() {}

    /** Bytes 0, 1, 2, ... made when they are written. */
    public record Counting(TensorType type) implements TensorData {
        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(byteCount()));
            for (int i = 0; bytes.hasRemaining(); i++) {
                bytes.put((byte) i);
            }
            bytes.flip();
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }

    public static Model scaledLinear(FunctionStyle style) {
        GraphBuilder graph = new GraphBuilder("sample", 23, style);
        Value x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Dim.of("batch"), Dim.of(4))));
        Value weight = graph.weight("linear.weight_t", new Counting(TensorType.of(DType.FLOAT32, 4, 300)));
        Value bias = graph.weight("linear.bias", new Counting(TensorType.of(DType.FLOAT32, 300)));
        Value product = new OnnxOps(graph.root().child("linear")).matMul("product", x, weight);
        Map<String, Attribute> factor = Map.of("factor", new Attribute.Real(0.5f));
        GraphScope scope = graph.root().child("scale");
        scope.document("halves it");
        Value scaled = scope.call(SCALE, "plain", List.of("out"), List.of(product), factor, SCALE_BODY)
                .get(0);
        graph.output("y", new OnnxOps(graph.root()).add("sum", scaled, bias));
        return graph.build("heddle", "test").withMetadata("heddle", "{\"a\": 1}");
    }
}

package dev.heddle.cli;

import ai.onnxruntime.platform.Fp16Conversions;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/**
 * An element type of attention graphs, and how far a graph's result may be from the float64 reference on the same (rounded) inputs, as part of the largest
 * expected value. Stricter than {@link dev.heddle.runtime.parity.ToleranceTable}, which is for models of many layers.
 */
enum ElementPrecision {
    /** Rounding errors of 6e-8, some of them added up and grown by a softmax; 1e-6 was seen. */
    FLOAT32(dev.heddle.exporter.graph.DType.FLOAT32, DType.FLOAT32, 2e-5),

    /** Eight roundings of 2^-11: of rotated queries and keys, of shifted ones, of the result, and what a difference of softmaxes makes of them. 2e-3 was seen. */
    FLOAT16(dev.heddle.exporter.graph.DType.FLOAT16, DType.FLOAT16, 0x8p-11),

    /** As many of 2^-8. 2.8e-2 was seen. */
    BFLOAT16(dev.heddle.exporter.graph.DType.BFLOAT16, DType.BFLOAT16, 0x8p-8);

    private final dev.heddle.exporter.graph.DType inGraphs;
    private final DType inSessions;
    private final double tolerance;

    ElementPrecision(dev.heddle.exporter.graph.DType inGraphs, DType inSessions, double tolerance) {
        this.inGraphs = inGraphs;
        this.inSessions = inSessions;
        this.tolerance = tolerance;
    }

    /** For values up to 1. */
    double tolerance() {
        return tolerance;
    }

    dev.heddle.exporter.graph.DType inGraphs() {
        return inGraphs;
    }

    HostTensor tensor(double[] values, long... shape) {
        return HostTensor.of(inSessions, bytes(values), shape);
    }

    TensorData weight(Shape shape, double[] values) {
        return new Weight(new TensorType(inGraphs, shape), bytes(values));
    }

    /** As a tensor of this type would hold them. */
    DoubleTensor rounded(DoubleTensor tensor) {
        double[] values = new double[tensor.data().length];
        HostTensor held = tensor(tensor.data(), values.length);
        Arrays.setAll(values, held.values()::applyAsDouble);
        return new DoubleTensor(tensor.shape(), values);
    }

    private ByteBuffer bytes(double[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * inSessions.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            switch (this) {
                case FLOAT32 -> bytes.putFloat((float) value);
                case FLOAT16 -> bytes.putShort(Fp16Conversions.floatToFp16((float) value));
                case BFLOAT16 -> bytes.putShort(Fp16Conversions.floatToBf16((float) value));
            }
        }
        return bytes.flip();
    }

    private record Weight(TensorType type, ByteBuffer bytes) implements TensorData {
        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            ByteBuffer rest = bytes.duplicate();
            while (rest.hasRemaining()) {
                out.write(rest);
            }
        }
    }
}

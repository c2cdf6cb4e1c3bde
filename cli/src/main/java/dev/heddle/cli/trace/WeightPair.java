package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.runtime.session.HostTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;

/** A weight as the source gives it and as a model stores it. Floats are compared after rounding to the stored type. */
record WeightPair(TensorData expected, TensorData actual) {

    static WeightPair of(TensorData expected, TensorData actual) {
        return new WeightPair(PairedBytes.of(expected), PairedBytes.of(actual));
    }

    private DType dtype() {
        return actual.type().dtype();
    }

    private boolean isRounded() {
        return expected.type().dtype() != dtype();
    }

    boolean isComparable() {
        boolean types = !isRounded() || (expected.type().dtype().isFloat() && dtype().isFloat());
        return types && expected.type().shape().equals(actual.type().shape());
    }

    boolean differ() throws IOException {
        return !isComparable() || right().firstDifference(judged()) >= 0;
    }

    Fingerprint right() throws IOException {
        return Fingerprint.of(expected, dtype());
    }

    Fingerprint judged() throws IOException {
        return Fingerprint.of(actual, dtype());
    }

    /** How equal ones are equal. */
    String how() {
        return isRounded() ? "rounded from " + expected.type().dtype().onnxName() : "bit for bit";
    }

    /** Of the larger one. */
    long bytes() {
        return Math.max(expected.byteCount(), actual.byteCount());
    }

    HostTensor expectedTensor() throws IOException {
        return tensor(expected);
    }

    HostTensor actualTensor() throws IOException {
        return tensor(actual);
    }

    private HostTensor tensor(TensorData data) throws IOException {
        DType stored = data.type().dtype();
        var bytes = new ByteArrayOutputStream();
        data.writeTo(Channels.newChannel(bytes));
        ByteBuffer from = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        HostTensor tensor = HostTensor.zeros(
                dev.heddle.runtime.session.DType.valueOf(dtype().name()),
                data.type().shape().lengths());
        ByteBuffer to = tensor.bytes();
        while (from.hasRemaining()) {
            Rounding.copy(from, stored, to, dtype());
        }
        return tensor;
    }
}

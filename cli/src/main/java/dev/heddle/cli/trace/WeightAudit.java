package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.runtime.parity.Bound;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.Tolerance;
import dev.heddle.runtime.session.HostTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether each weight of a model has the values that the source gives, after whatever transposing, splitting, folding and rounding the export does. Weights are compared
 * by fingerprint; only those that differ are held, one at a time.
 */
public final class WeightAudit {

    /** Weights of more bytes are not shown value by value. */
    private static final long SHOWN_BYTES = 1L << 28;

    private final SectionBuilder section = new SectionBuilder("weights", TensorComparer.of(Precision.EXACT));

    private WeightAudit() {}

    /** @param expected the graph that the source gives now */
    public static Section section(Model expected, Model actual) throws IOException {
        var audit = new WeightAudit();
        Map<String, TensorData> judged = new LinkedHashMap<>();
        actual.graph().initializers().forEach(weight -> judged.put(weight.name(), weight.data()));
        for (Initializer weight : expected.graph().initializers()) {
            TensorData data = judged.remove(weight.name());
            if (data == null) {
                audit.fail(weight.name(), "is missing");
            } else {
                audit.compare(new Initializer(weight.name(), PairedBytes.of(weight.data())), PairedBytes.of(data));
            }
        }
        judged.keySet().forEach(name -> audit.fail(name, "is not in the source's graph"));
        return audit.section.build();
    }

    private void fail(String weight, String problem) {
        section.add(Finding.fail(weight, problem));
    }

    private void compare(Initializer weight, TensorData actual) throws IOException {
        TensorType expectedType = weight.data().type();
        DType dtype = actual.type().dtype();
        boolean rounded = expectedType.dtype() != dtype;
        boolean comparable = !rounded || (expectedType.dtype().isFloat() && dtype.isFloat());
        if (!comparable || !expectedType.shape().equals(actual.type().shape())) {
            fail(weight.name(), "expected " + expectedType + ", got " + actual.type());
            return;
        }
        Fingerprint right = Fingerprint.of(weight.data(), dtype);
        Fingerprint judged = Fingerprint.of(actual, dtype);
        int difference = right.firstDifference(judged);
        if (difference >= 0) {
            show(weight, actual, difference);
        } else if (judged.nans() > 0) {
            fail(weight.name(), judged.nans() + " elements are no numbers");
        } else {
            String how = rounded ? "equal, rounded from " + expectedType.dtype().onnxName() : "equal, bit for bit";
            section.add(Finding.pass(weight.name(), actual.type() + " " + how));
        }
    }

    private void show(Initializer weight, TensorData actual, int block) throws IOException {
        DType dtype = actual.type().dtype();
        if (Math.max(weight.data().byteCount(), actual.byteCount()) > SHOWN_BYTES) {
            fail(
                    weight.name(),
                    "%s differs, first in elements %d to %d"
                            .formatted(
                                    actual.type(),
                                    (long) block * Fingerprint.BLOCK,
                                    (block + 1L) * Fingerprint.BLOCK - 1));
            return;
        }
        section.within(
                new Bound.EachValue(Tolerance.exact()),
                weight.name(),
                tensor(weight.data(), dtype),
                tensor(actual, dtype));
    }

    /** Rounded to that type. */
    private static HostTensor tensor(TensorData data, DType dtype) throws IOException {
        DType stored = data.type().dtype();
        var bytes = new ByteArrayOutputStream();
        data.writeTo(Channels.newChannel(bytes));
        ByteBuffer from = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        HostTensor tensor = HostTensor.zeros(
                dev.heddle.runtime.session.DType.valueOf(dtype.name()),
                data.type().shape().lengths());
        ByteBuffer to = tensor.bytes();
        while (from.hasRemaining()) {
            Rounding.copy(from, stored, to, dtype);
        }
        return tensor;
    }
}

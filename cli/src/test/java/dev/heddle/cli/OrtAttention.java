package dev.heddle.cli;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelChecker;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.models.attention.AttentionGraphs;
import dev.heddle.models.attention.AttentionReference;
import dev.heddle.models.attention.AttentionVariant;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.CacheSlot;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A variant's graph on ONNX Runtime, in the form of a reference, so that both answer the same questions. */
final class OrtAttention implements AttentionReference, AutoCloseable {

    private final List<CacheSlot> slots;
    private final ElementPrecision precision;
    private final ModelSession session;

    private OrtAttention(List<CacheSlot> slots, ElementPrecision precision, ModelSession session) {
        this.slots = slots;
        this.precision = precision;
        this.session = session;
    }

    static OrtAttention open(
            AttentionVariant variant,
            Map<AttentionWeight, DoubleTensor> weights,
            int opset,
            FunctionStyle style,
            ElementPrecision precision,
            KvCache cache,
            OpsMode ops,
            Path folder)
            throws IOException {
        Model model = AttentionGraphs.of(
                variant,
                style,
                opset,
                precision.inGraphs(),
                cache,
                (weight, shape) -> precision.weight(shape, weights.get(weight).data()));
        ModelChecker.require(model);
        new ModelWriter(folder, (weight, bytes) -> {}).write(model);
        return new OrtAttention(
                cache.slots(variant),
                precision,
                ModelSession.open(folder, SessionOptions.builder().ops(ops).build()));
    }

    @Override
    public Step attend(Input input, Map<String, DoubleTensor> past) {
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        inputs.put("q", host(input.q()));
        inputs.put("k", host(input.k()));
        inputs.put("v", host(input.v()));
        inputs.put("key_mask", mask(input.real()));
        if (session.input("position_ids").isPresent()) {
            inputs.put("position_ids", positions(input.positions()));
        }
        past.forEach((role, tensor) -> inputs.put("past_" + role, host(tensor)));
        Map<String, HostTensor> outputs = session.run(inputs);
        Map<String, DoubleTensor> present = new TreeMap<>();
        past.keySet().forEach(role -> present.put(role, tensor(outputs.get("present_" + role))));
        return new Step(tensor(outputs.get("context")), present);
    }

    @Override
    public Map<String, DoubleTensor> fresh(int batch) {
        Map<String, DoubleTensor> state = new TreeMap<>();
        for (CacheSlot slot : slots) {
            state.put(
                    slot.role(),
                    DoubleTensor.zeros(batch, slot.heads(), slot.length().fresh(), slot.size()));
        }
        return state;
    }

    private HostTensor host(DoubleTensor tensor) {
        return precision.tensor(
                tensor.data(), Arrays.stream(tensor.shape()).asLongStream().toArray());
    }

    private static DoubleTensor tensor(HostTensor tensor) {
        double[] values = new double[tensor.elementCount()];
        Arrays.setAll(values, tensor.values()::applyAsDouble);
        int[] shape = Arrays.stream(tensor.shape()).mapToInt(Math::toIntExact).toArray();
        return new DoubleTensor(shape, values);
    }

    private static HostTensor mask(boolean[][] real) {
        HostTensor mask = HostTensor.zeros(DType.BOOL, real.length, real[0].length);
        int index = 0;
        for (boolean[] row : real) {
            for (boolean value : row) {
                mask.bytes().put(index++, (byte) (value ? 1 : 0));
            }
        }
        return mask;
    }

    private static HostTensor positions(long[][] positions) {
        return HostTensor.ofLongs(
                Arrays.stream(positions).flatMapToLong(Arrays::stream).toArray(),
                positions.length,
                positions[0].length);
    }

    @Override
    public void close() {
        session.close();
    }
}

package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.op.BlockOps;
import dev.heddle.runtime.parity.Precision;
import java.util.Map;
import java.util.stream.Stream;

/** What a model computes in. */
final class ModelPrecision {

    private ModelPrecision() {}

    /** The coarsest of the float types in it and of what its products round to; float32 if there is none. */
    static Precision of(Model model, Map<String, TensorType> types) {
        Precision stored = ofTypes(model, types);
        return model.graph().nodes().stream().anyMatch(BlockOps::roundsActivations)
                ? Precision.INT8_ACTIVATIONS.coarser(stored)
                : stored;
    }

    private static Precision ofTypes(Model model, Map<String, TensorType> types) {
        Stream<DType> weights = model.graph().initializers().stream()
                .map(weight -> weight.data().type().dtype());
        Stream<DType> values = types.values().stream().map(TensorType::dtype);
        return Stream.concat(weights, values)
                .filter(DType::isFloat)
                .distinct()
                .map(dtype -> Precision.of(dev.heddle.runtime.session.DType.valueOf(dtype.name())))
                .reduce(Precision::coarser)
                .orElse(Precision.FLOAT32);
    }
}

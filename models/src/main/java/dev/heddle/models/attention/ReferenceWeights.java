package dev.heddle.models.attention;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/** The learned tensors of one variant in float64, checked against what it asks for. */
record ReferenceWeights(Map<AttentionWeight, DoubleTensor> tensors) {

    /** @throws IllegalArgumentException if a tensor is missing, not asked for, or has another shape */
    static ReferenceWeights of(AttentionVariant variant, Map<AttentionWeight, DoubleTensor> tensors) {
        if (!tensors.keySet().equals(variant.weights().keySet())) {
            throw new IllegalArgumentException("the variant needs the weights "
                    + variant.weights().keySet() + ", got "
                    + tensors.keySet().stream().sorted().toList());
        }
        ReferenceWeights weights = new ReferenceWeights(Map.copyOf(tensors));
        variant.weights().forEach(weights::requireShape);
        return weights;
    }

    private void requireShape(AttentionWeight weight, Shape shape) {
        Shape got = Shape.of(Arrays.stream(get(weight).shape()).asLongStream().toArray());
        if (!got.equals(shape)) {
            throw new IllegalArgumentException(weight + " must have shape " + shape + ", got " + got);
        }
    }

    DoubleTensor get(AttentionWeight weight) {
        return Objects.requireNonNull(tensors.get(weight), weight::name);
    }
}

package dev.heddle.models.weight;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;

/** Gives the contents of a weight in some element type. */
@FunctionalInterface
public interface WeightSource {

    TensorData data(Weight weight, DType target);
}

package dev.heddle.models.weight;

import dev.heddle.exporter.graph.TensorData;

/** Contents of one of the tensors in which quantised values are stored. */
public interface QuantizedPart extends TensorData {

    /** Which tensor it is. */
    Weight.Part part();

    /** The matrix before it was cut into blocks, folded and split as the model has it. */
    WeightRows source();
}

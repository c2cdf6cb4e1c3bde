package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorType;
import java.util.Map;

/** Types of the values of a graph, outside of functions. */
public final class ValueTypes {

    private ValueTypes() {}

    /** Inferred, or stated where an operator is not known; values that neither says are left out. */
    public static Map<String, TensorType> of(Model model) {
        return TypeCheck.types(model);
    }
}

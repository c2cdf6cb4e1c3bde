package dev.heddle.runtime.session;

import java.util.List;

/** Name, element type and axes of a graph input or output, as the model declares them. */
public record TensorSpec(String name, DType dtype, List<Dim> dims) {
    public TensorSpec {
        dims = List.copyOf(dims);
    }

    /** As in "input_ids: int64 [batch, q_len]". */
    @Override
    public String toString() {
        return name + ": " + dtype + " " + dims;
    }
}

package dev.heddle.models.decoder;

import dev.heddle.exporter.graph.DType;
import dev.heddle.models.weight.Overflow;
import java.util.Set;

/**
 * What the numbers of a graph are stored in. Softmax, tables and rotation of RoPE, statistics of norms and logits are float32 whatever the dtype.
 *
 * @param dtype of weights and activations, and of the state
 * @param overflow what happens to weights that the dtype cannot hold
 * @param quantization of weights
 */
public record Numerics(DType dtype, Overflow overflow, Quantization quantization) {

    private static final Set<DType> DTYPES = Set.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);

    public Numerics {
        if (!DTYPES.contains(dtype)) {
            throw new IllegalArgumentException(
                    "graphs are written in float, float16 or bfloat16, got " + dtype.onnxName());
        }
    }

    /** Weights as they are, rounded once to the type. */
    public static Numerics of(DType dtype) {
        return new Numerics(dtype, Overflow.REFUSE, new Quantization.None());
    }
}

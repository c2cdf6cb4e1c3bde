package dev.heddle.models.decoder;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.op.Activations;
import dev.heddle.exporter.op.ContribOps;
import dev.heddle.exporter.profile.Target;
import dev.heddle.models.attention.KvCache;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a decoder becomes a graph.
 *
 * @param opset of ONNX's operators, 21 or 23
 * @param style whether custom operators are nodes with bodies or expanded in place
 * @param target the runtime that the graph is for
 */
public record GraphOptions(int opset, FunctionStyle style, KvCache cache, Numerics numerics, Target target) {

    /** What {@code opset} may be. */
    public static final List<Integer> OPSETS = List.of(21, 23);

    public GraphOptions {
        if (!OPSETS.contains(opset)) {
            throw new IllegalArgumentException("graphs are written for opset " + opsetNames() + ", got " + opset);
        }
        if (numerics.quantization().activations() == Activations.INT8
                && !target.knows(ContribOps.DOMAIN, ContribOps.INT8_ACTIVATIONS)) {
            throw new IllegalArgumentException("--activations int8: expected a --target that rounds activations, as "
                    + Target.usual() + " does, got " + target + "; leave the option out");
        }
    }

    /** Weights as they are, for the usual target. */
    public GraphOptions(int opset, FunctionStyle style, KvCache cache, DType dtype) {
        this(opset, style, cache, Numerics.of(dtype), Target.usual());
    }

    /** For instance {@code 21 or 23}. */
    public static String opsetNames() {
        return OPSETS.stream().map(String::valueOf).collect(Collectors.joining(" or "));
    }

    /** Opset 23, functions, dynamic cache, float32. */
    public static GraphOptions defaults() {
        return new GraphOptions(23, FunctionStyle.FUNCTION, new KvCache.Dynamic(), DType.FLOAT32);
    }

    /** Of weights and activations. */
    public DType dtype() {
        return numerics.dtype();
    }
}

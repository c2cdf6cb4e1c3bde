package dev.heddle.models.decoder;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;

/**
 * How a decoder becomes a graph.
 *
 * @param opset of ONNX's operators, 21 or 23
 * @param style whether custom operators are nodes with bodies or expanded in place
 * @param dtype of weights and activations
 */
public record GraphOptions(int opset, FunctionStyle style, KvCache cache, DType dtype) {

    public GraphOptions {
        if (opset != 21 && opset != 23) {
            throw new IllegalArgumentException("graphs are written for opset 21 or 23, got " + opset);
        }
        if (dtype != DType.FLOAT32) {
            throw new IllegalArgumentException("graphs are written in float, got " + dtype.onnxName());
        }
    }

    /** Opset 23, functions, dynamic cache, float32. */
    public static GraphOptions defaults() {
        return new GraphOptions(23, FunctionStyle.FUNCTION, KvCache.DYNAMIC, DType.FLOAT32);
    }
}

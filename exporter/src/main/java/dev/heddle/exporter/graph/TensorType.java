package dev.heddle.exporter.graph;

/** Element type and shape of a value, for instance {@code float[batch,q_len,64]}. */
public record TensorType(DType dtype, Shape shape) {

    public static TensorType of(DType dtype, long... lengths) {
        return new TensorType(dtype, Shape.of(lengths));
    }

    @Override
    public String toString() {
        return dtype.onnxName() + shape;
    }
}

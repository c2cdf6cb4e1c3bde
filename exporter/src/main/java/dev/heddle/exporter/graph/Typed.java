package dev.heddle.exporter.graph;

/** What inference knows about a value. */
public record Typed(TensorType type, Contents contents) {

    public Typed(TensorType type) {
        this(type, new Contents.Unknown());
    }

    public static Typed of(DType dtype, Shape shape) {
        return new Typed(new TensorType(dtype, shape));
    }
}

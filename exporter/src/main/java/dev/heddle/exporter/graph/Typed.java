package dev.heddle.exporter.graph;

/** What inference knows about a value. */
public record Typed(TensorType type, Contents contents) {

    public Typed {
        // Known elements stand in one row: what combines them does not look at shapes.
        if (type.shape().rank() > 1) {
            contents = new Contents.Unknown();
        }
    }

    public Typed(TensorType type) {
        this(type, new Contents.Unknown());
    }

    public static Typed of(Literal literal) {
        return new Typed(literal.type(), Contents.of(literal));
    }

    public static Typed of(DType dtype, Shape shape) {
        return new Typed(new TensorType(dtype, shape));
    }
}

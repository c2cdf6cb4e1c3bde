package dev.heddle.exporter.graph;

import org.jspecify.annotations.Nullable;

/** A tensor in a graph under construction. Immutable; belongs to the recorder that made it and is refused by any other. */
public final class Value {

    /** Stands for an optional input that is not given. */
    public static final Value ABSENT = new Value(null, "", new Typed(new TensorType(DType.BOOL, Shape.SCALAR)));

    private final @Nullable Recorder owner;
    private final String name;
    private final Typed typed;

    Value(@Nullable Recorder owner, String name, Typed typed) {
        this.owner = owner;
        this.name = name;
        this.typed = typed;
    }

    public String name() {
        return name;
    }

    public TensorType type() {
        return typed.type();
    }

    public DType dtype() {
        return typed.type().dtype();
    }

    public Shape shape() {
        return typed.type().shape();
    }

    Typed typed() {
        return typed;
    }

    public boolean isAbsent() {
        return owner == null;
    }

    boolean belongsTo(Recorder recorder) {
        return owner == recorder;
    }

    /** For instance {@code model.layers.0.self_attn.q: float[batch,q_len,64]}. */
    @Override
    public String toString() {
        return name + ": " + type();
    }
}

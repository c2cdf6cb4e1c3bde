package dev.heddle.exporter.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Axis lengths of a tensor, outermost first; rank 0 is a scalar. */
public record Shape(List<Dim> dims) {

    public static final Shape SCALAR = new Shape(List.of());

    public Shape {
        dims = List.copyOf(dims);
    }

    public static Shape of(long... lengths) {
        return new Shape(Arrays.stream(lengths).mapToObj(Dim::of).toList());
    }

    public static Shape of(Dim... dims) {
        return new Shape(Arrays.asList(dims));
    }

    public int rank() {
        return dims.size();
    }

    /** The axis' length; a negative axis counts from the end. */
    public Dim dim(int axis) {
        return dims.get(axis < 0 ? axis + rank() : axis);
    }

    public boolean isFixed() {
        return dims.stream().allMatch(Dim::isFixed);
    }

    /**
     * Axis lengths as numbers.
     *
     * @throws IllegalStateException if one is symbolic
     */
    public long[] lengths() {
        return dims.stream().mapToLong(this::length).toArray();
    }

    private long length(Dim dim) {
        return dim.fixed().orElseThrow(() -> new IllegalStateException("shape " + this + " has a symbolic axis"));
    }

    /**
     * Number of elements.
     *
     * @throws IllegalStateException if an axis is symbolic
     * @throws ArithmeticException if the product does not fit a long
     */
    public long elements() {
        // A loop, not a stream: asked for at every read of a tensor.
        long elements = 1;
        for (Dim dim : dims) {
            elements = Math.multiplyExact(elements, length(dim));
        }
        return elements;
    }

    /** The same shape with one axis replaced; a negative axis counts from the end. */
    public Shape with(int axis, Dim dim) {
        List<Dim> changed = new ArrayList<>(dims);
        changed.set(axis < 0 ? axis + rank() : axis, dim);
        return new Shape(changed);
    }

    /** For instance {@code [batch,q_len,64]}. */
    @Override
    public String toString() {
        return dims.stream().map(Dim::toString).collect(Collectors.joining(",", "[", "]"));
    }
}

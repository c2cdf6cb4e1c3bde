package dev.heddle.models.weight;

import dev.heddle.exporter.graph.Shape;
import java.nio.ByteBuffer;

/** A weight, read in float64 row by row (rows of its last axis). Thread-safe. */
public final class WeightRows {

    private final Shape shape;
    private final Elements elements;

    WeightRows(Shape shape, Elements elements) {
        this.shape = shape;
        this.elements = elements;
    }

    public Shape shape() {
        return shape;
    }

    /**
     * Fills the array with elements from {@code index * array length} on: with row {@code index}, if the array is as
     * long as a row.
     */
    public void read(long index, double[] into) {
        int block = Math.min(into.length, elements.blockLength());
        for (int done = 0; done < into.length; done += block) {
            int count = Math.min(block, into.length - done);
            ByteBuffer buffer = elements.read(index * into.length + done, count);
            elements.format().decode(buffer, 0, count, into, done);
        }
    }
}

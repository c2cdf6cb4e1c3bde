package dev.heddle.exporter.graph;

import java.util.List;

/**
 * What is known about an integer value while the graph is built. Shapes computed in the graph ({@code Shape}, {@code Gather}, {@code Concat}, ...) stay known
 * symbolically, so that a {@code Reshape} to them has an exact type.
 */
public sealed interface Contents {

    record Unknown() implements Contents {}

    /** Elements of a scalar (one) or of one axis. */
    record Known(List<Dim> elements) implements Contents {
        public Known {
            elements = List.copyOf(elements);
        }
    }

    static Contents of(Literal literal) {
        boolean integers =
                literal.type().dtype() == DType.INT64 && literal.type().shape().rank() <= 1;
        return integers
                ? new Known(literal.values().stream()
                        .map(value -> Dim.of(value.longValue()))
                        .toList())
                : new Unknown();
    }
}

package dev.heddle.exporter.interpret;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What an operator is computed from.
 *
 * @param inputs null = absent
 * @param outputs number of outputs that the node names
 * @param attributes references already resolved
 */
record NodeCall(String opType, List<@Nullable Tensor> inputs, int outputs, SortedMap<String, Attribute> attributes) {

    /** An input that must be there. */
    Tensor input(int index) {
        return optional(index)
                .orElseThrow(() -> new IllegalArgumentException("input " + index + " of " + opType + " is missing"));
    }

    Optional<Tensor> optional(int index) {
        return index < inputs.size() ? Optional.ofNullable(inputs.get(index)) : Optional.empty();
    }

    long integer(String name, long otherwise) {
        return attributes.get(name) instanceof Attribute.Int value ? value.value() : otherwise;
    }

    double real(String name, double otherwise) {
        return attributes.get(name) instanceof Attribute.Real value ? value.value() : otherwise;
    }

    Optional<long[]> integers(String name) {
        return attributes.get(name) instanceof Attribute.Ints values
                ? Optional.of(
                        values.values().stream().mapToLong(Long::longValue).toArray())
                : Optional.empty();
    }

    /** The element type that attribute {@code to} names. */
    DType targetType() {
        int number = (int) integer("to", 0);
        return DType.ofOnnxNumber(number)
                .orElseThrow(() -> new IllegalArgumentException("Cast to element type " + number + " is not known"));
    }
}

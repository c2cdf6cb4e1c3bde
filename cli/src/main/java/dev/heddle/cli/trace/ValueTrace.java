package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Node;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares inner values of two sides by name. The expected side runs once and its values wait in a file, so memory holds one value of it and one group of the
 * actual side's.
 */
public final class ValueTrace implements AutoCloseable {

    private final TracedSide actual;
    private final Precision precision;
    private final Map<String, HostTensor> inputs;
    private final TensorStore expectedValues;
    /** Values that both sides make, in the order of the actual one, with the node that makes them. */
    private final Map<String, Node> makers;

    private final Depths depths;

    private ValueTrace(
            TracedSide actual,
            Precision precision,
            Map<String, HostTensor> inputs,
            TensorStore expectedValues,
            Map<String, Node> makers,
            Depths depths) {
        this.actual = actual;
        this.precision = precision;
        this.inputs = inputs;
        this.expectedValues = expectedValues;
        this.makers = makers;
        this.depths = depths;
    }

    /**
     * Runs the expected side.
     *
     * @throws IllegalArgumentException if the sides have no value in common
     */
    public static ValueTrace start(ValueSource expected, TracedSide actual, Map<String, HostTensor> inputs)
            throws IOException {
        Map<String, Node> makers = makers(expected, actual);
        TensorStore store = new TensorStore();
        boolean complete = false;
        try {
            Map<String, Double> sizes = new HashMap<>();
            expected.trace(new LinkedHashMap<>(inputs), makers.keySet(), (name, tensor) -> {
                store.put(name, tensor);
                sizes.put(name, TensorComparer.largest(tensor));
            });
            ValueTrace trace = new ValueTrace(
                    actual,
                    expected.precision().coarser(actual.precision()),
                    inputs,
                    store,
                    makers,
                    new Depths(actual.model(), sizes));
            complete = true;
            return trace;
        } finally {
            if (!complete) {
                store.close();
            }
        }
    }

    private static Map<String, Node> makers(ValueSource expected, TracedSide actual) {
        Set<String> known = expected.values();
        Map<String, Node> makers = new LinkedHashMap<>();
        for (Node node : actual.model().graph().nodes()) {
            for (String value : node.outputs()) {
                if (known.contains(value) && actual.types().containsKey(value)) {
                    makers.put(value, node);
                }
            }
        }
        if (makers.isEmpty()) {
            throw new IllegalArgumentException(expected.side().what() + " and "
                    + actual.side().what() + ": expected values of the same names, got none in common");
        }
        return makers;
    }

    /** Names of the values that both sides make, in the order of the graph. */
    public List<String> names() {
        return List.copyOf(makers.keySet());
    }

    /** How many values of the actual side are not compared: the other side has none of that name, or their type is not known. */
    long notCompared() {
        return actual.values().stream()
                .filter(value -> !makers.containsKey(value))
                .count();
    }

    /** Judges values by what the coarser side computes in. */
    TensorComparer comparer() {
        return TensorComparer.of(precision);
    }

    /** Gives these values of both sides, in the order in which the actual one makes them. */
    public void compare(List<String> values, ValuePair.Listener listener) throws IOException {
        actual.trace(
                inputs,
                values,
                (name, tensor) -> listener.pair(new ValuePair(
                        node(name), name, depths.of(name), expected(name).orElseThrow(), tensor)));
    }

    Node node(String value) {
        Node node = makers.get(value);
        if (node == null) {
            throw new IllegalArgumentException("value " + value + " is not made by both sides");
        }
        return node;
    }

    Depths depths() {
        return depths;
    }

    /** A value as the expected side has it: made by a node, or an input of the graph. */
    Optional<HostTensor> expected(String name) throws IOException {
        HostTensor input = inputs.get(name);
        return input != null ? Optional.of(input) : expectedValues.get(name);
    }

    /** Names that {@link #expected} has a value for. */
    Set<String> expectedNames() {
        Set<String> names = new HashSet<>(expectedValues.names());
        names.addAll(inputs.keySet());
        return names;
    }

    TracedSide actual() {
        return actual;
    }

    @Override
    public void close() throws IOException {
        expectedValues.close();
    }
}

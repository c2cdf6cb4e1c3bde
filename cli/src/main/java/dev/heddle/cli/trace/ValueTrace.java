package dev.heddle.cli.trace;

import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.exporter.graph.Node;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
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

    private final OrtSide actual;
    private final Map<String, HostTensor> inputs;
    private final TemporaryFolder folder;
    private final TensorStore expectedValues;
    /** Values that both sides make, in the order of the actual one, with the node that makes them. */
    private final Map<String, Node> makers = new LinkedHashMap<>();

    private ValueTrace(
            OrtSide actual, Map<String, HostTensor> inputs, TemporaryFolder folder, TensorStore expectedValues) {
        this.actual = actual;
        this.inputs = inputs;
        this.folder = folder;
        this.expectedValues = expectedValues;
    }

    /** Runs the expected side. */
    public static ValueTrace start(TracedSide expected, OrtSide actual, Map<String, HostTensor> inputs)
            throws IOException {
        Set<String> known = new HashSet<>();
        expected.model().graph().nodes().forEach(node -> known.addAll(node.outputs()));
        TemporaryFolder folder = TemporaryFolder.create("heddle-values");
        ValueTrace trace = new ValueTrace(actual, inputs, folder, new TensorStore(folder.path()));
        for (Node node : actual.model().graph().nodes()) {
            for (String value : node.outputs()) {
                if (known.contains(value) && actual.types().containsKey(value)) {
                    trace.makers.put(value, node);
                }
            }
        }
        if (trace.makers.isEmpty()) {
            trace.close();
            throw new IllegalArgumentException(expected.describe() + " and " + actual.describe()
                    + ": expected values of the same names, got none in common");
        }
        Map<String, HostTensor> own = new LinkedHashMap<>(inputs);
        expected.trace(own, trace.makers.keySet(), trace.expectedValues::put);
        return trace;
    }

    /** Names of the values that both sides make, in the order of the graph. */
    public List<String> names() {
        return List.copyOf(makers.keySet());
    }

    /** Takes comparisons as they are made. */
    @FunctionalInterface
    public interface Listener {
        void compared(ValueComparison comparison);
    }

    /** Compares these values, in the order in which ONNX Runtime gives them. */
    public void compare(List<String> values, Listener listener) throws IOException {
        actual.trace(inputs, values, (name, tensor) -> listener.compared(comparison(name, tensor)));
    }

    private ValueComparison comparison(String name, HostTensor tensor) throws IOException {
        return ValueComparison.of(node(name).name(), name, expected(name).orElseThrow(), tensor, actual.precision());
    }

    Node node(String value) {
        Node node = makers.get(value);
        if (node == null) {
            throw new IllegalArgumentException("value " + value + " is not made by both sides");
        }
        return node;
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

    OrtSide actual() {
        return actual;
    }

    @Override
    public void close() throws IOException {
        expectedValues.close();
        folder.close();
    }
}

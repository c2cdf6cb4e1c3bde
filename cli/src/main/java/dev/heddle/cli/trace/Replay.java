package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.rewrite.NodeModel;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Runs each node of the actual side on the expected side's values, which tells a node's own error from what it was given. */
public final class Replay {

    private static final int NODES_PER_RUN = 64;

    private final ValueTrace trace;
    private final Set<String> weights = new LinkedHashSet<>();

    public Replay(ValueTrace trace) {
        this.trace = trace;
        trace.actual().model().graph().initializers().forEach(weight -> weights.add(weight.name()));
    }

    /** Compares what the nodes of these values make of the expected inputs; nodes with inputs that the other side has not are left out. */
    public void compare(List<String> values, ValueTrace.Listener listener) throws IOException {
        Set<Node> nodes = new LinkedHashSet<>();
        for (String value : values) {
            if (isComplete(trace.node(value))) {
                nodes.add(trace.node(value));
            }
        }
        List<Node> open = new ArrayList<>(nodes);
        for (int from = 0; from < open.size(); from += NODES_PER_RUN) {
            run(open.subList(from, Math.min(from + NODES_PER_RUN, open.size())), listener);
        }
    }

    private boolean isComplete(Node node) throws IOException {
        for (String input : node.inputs()) {
            if (!input.isEmpty()
                    && !weights.contains(input)
                    && trace.expected(input).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void run(List<Node> nodes, ValueTrace.Listener listener) throws IOException {
        Model alone = NodeModel.of(trace.actual().model(), nodes, trace.actual().types());
        trace.actual().run(alone, inputs(alone), (result, tensor) -> {
            String name = result.substring(0, result.length() - NodeModel.RESULT.length());
            Optional<HostTensor> expected = trace.expected(name);
            if (expected.isPresent()) {
                listener.compared(ValueComparison.of(trace.node(name).name(), name, expected.get(), tensor));
            }
        });
    }

    /** The expected values in the types that the nodes take. */
    Map<String, HostTensor> inputs(Model alone) throws IOException {
        Map<String, HostTensor> inputs = new TreeMap<>();
        for (NamedType input : alone.graph().inputs()) {
            inputs.put(
                    input.name(),
                    HostTensors.narrowed(
                            trace.expected(input.name()).orElseThrow(),
                            DType.valueOf(input.type().dtype().name())));
        }
        return inputs;
    }
}

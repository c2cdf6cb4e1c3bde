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
final class Replay {

    private static final int NODES_PER_RUN = 64;

    private final ValueTrace trace;

    Replay(ValueTrace trace) {
        this.trace = trace;
    }

    /** Gives what the nodes of these values make of the expected inputs; where the expected side lacks an input, the nodes that make it are run as well. */
    void compare(List<String> values, ValuePair.Listener listener) throws IOException {
        Set<Node> nodes = new LinkedHashSet<>();
        values.forEach(value -> nodes.add(trace.node(value)));
        List<Node> open = new ArrayList<>(nodes);
        for (int from = 0; from < open.size(); from += NODES_PER_RUN) {
            run(open.subList(from, Math.min(from + NODES_PER_RUN, open.size())), listener);
        }
    }

    private void run(List<Node> nodes, ValuePair.Listener listener) throws IOException {
        Model alone = alone(nodes);
        trace.actual().run(alone, inputs(alone), (result, tensor) -> {
            String name = result.substring(0, result.length() - NodeModel.RESULT.length());
            Optional<HostTensor> expected = trace.expected(name);
            if (expected.isPresent()) {
                Node node = trace.node(name);
                listener.pair(new ValuePair(node, name, trace.depths().alone(node), expected.get(), tensor));
            }
        });
    }

    /** A model of these nodes. */
    Model alone(List<Node> nodes) {
        return NodeModel.of(
                trace.actual().model(),
                nodes,
                trace.expectedNames(),
                trace.actual().types());
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

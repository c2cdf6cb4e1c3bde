package dev.heddle.exporter.graph;

import java.util.List;

/**
 * A finished graph: nodes in an order in which they can run.
 *
 * @param values types of the values between inputs and outputs, in order of production
 */
public record Graph(
        String name,
        List<NamedType> inputs,
        List<NamedType> outputs,
        List<Initializer> initializers,
        List<Node> nodes,
        List<NamedType> values) {

    public Graph {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        initializers = List.copyOf(initializers);
        nodes = List.copyOf(nodes);
        values = List.copyOf(values);
    }

    /** The same graph with other weights. */
    public Graph withInitializers(List<Initializer> others) {
        return new Graph(name, inputs, outputs, others, nodes, values);
    }
}

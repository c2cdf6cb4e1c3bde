package dev.heddle.exporter.graph;

import java.util.List;

/**
 * A model-local function: an operator written in other operators.
 *
 * @param attributes names of the attributes that the body refers to; a caller gives each
 */
public record Function(
        FunctionId id,
        List<String> inputs,
        List<String> outputs,
        List<String> attributes,
        List<Node> nodes,
        String doc) {

    public Function {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = List.copyOf(attributes);
        nodes = List.copyOf(nodes);
    }
}

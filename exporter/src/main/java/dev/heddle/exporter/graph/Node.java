package dev.heddle.exporter.graph;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One operator call.
 *
 * @param name unique in its graph or function
 * @param overload which function body, if the operator has several; else empty
 * @param inputs value names; empty = absent
 * @param outputs value names; empty = not wanted
 * @param doc for readers of the graph; may be empty
 */
public record Node(
        String name,
        String domain,
        String opType,
        String overload,
        List<String> inputs,
        List<String> outputs,
        SortedMap<String, Attribute> attributes,
        String doc) {

    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /** The same node with its values renamed; names not in the map stay. */
    Node renamed(Map<String, String> names) {
        return new Node(
                name,
                domain,
                opType,
                overload,
                inputs.stream().map(value -> names.getOrDefault(value, value)).toList(),
                outputs.stream().map(value -> names.getOrDefault(value, value)).toList(),
                attributes,
                doc);
    }

    /** The same node with other outputs. */
    public Node withOutputs(List<String> names) {
        return new Node(name, domain, opType, overload, inputs, names, attributes, doc);
    }

    /** The same node with an attribute set. */
    public Node withAttribute(String attribute, Attribute value) {
        SortedMap<String, Attribute> changed = new TreeMap<>(attributes);
        changed.put(attribute, value);
        return new Node(name, domain, opType, overload, inputs, outputs, changed, doc);
    }

    /** Which function it calls, if it calls one. */
    public FunctionId functionId() {
        return new FunctionId(domain, opType, overload);
    }
}

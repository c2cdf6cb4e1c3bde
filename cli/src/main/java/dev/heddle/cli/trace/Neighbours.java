package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Node;
import dev.heddle.runtime.parity.Illustration;
import dev.heddle.runtime.parity.TensorComparison;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The nodes that are at most a few wires away from one, up and down.
 *
 * @param nodes in the order of the graph
 */
record Neighbours(Node center, List<Node> nodes) {

    /** Wires up, and wires down. */
    private static final int REACH = 2;

    /** More do not fit a page. */
    private static final int MOST = 40;

    static Neighbours of(List<Node> graph, Node center) {
        Map<String, Node> makers = new HashMap<>();
        Map<String, List<Node>> readers = new HashMap<>();
        for (Node node : graph) {
            node.outputs().forEach(value -> makers.put(value, node));
            node.inputs().forEach(value -> readers.computeIfAbsent(value, name -> new ArrayList<>())
                    .add(node));
        }
        // The name of what is absent.
        makers.remove("");
        readers.remove("");
        Set<Node> near = new HashSet<>(Set.of(center));
        Set<Node> above = Set.of(center);
        Set<Node> below = Set.of(center);
        for (int wire = 0; wire < REACH; wire++) {
            Set<Node> up = new HashSet<>();
            above.forEach(node -> node.inputs().stream()
                    .filter(makers::containsKey)
                    .map(makers::get)
                    .forEach(up::add));
            Set<Node> down = new HashSet<>();
            below.forEach(node -> node.outputs().forEach(value -> down.addAll(readers.getOrDefault(value, List.of()))));
            addUntilFull(up, near);
            addUntilFull(down, near);
            above = up;
            below = down;
        }
        return new Neighbours(center, graph.stream().filter(near::contains).toList());
    }

    private static void addUntilFull(Set<Node> found, Set<Node> near) {
        if (near.size() + found.size() <= MOST) {
            near.addAll(found);
        }
    }

    /** What these nodes make, of the values that can be compared. */
    List<String> values(List<String> comparable) {
        Set<String> made = new HashSet<>();
        nodes.forEach(node -> made.addAll(node.outputs()));
        return comparable.stream().filter(made::contains).toList();
    }

    /** @param comparisons by value name */
    Illustration.Neighbourhood drawing(Map<String, TensorComparison> comparisons) {
        List<Illustration.Node> drawn = nodes.stream()
                .map(node -> {
                    Map<String, Double> severities = new HashMap<>();
                    for (String value : node.outputs()) {
                        TensorComparison comparison = comparisons.get(value);
                        if (comparison != null) {
                            severities.put(value, comparison.severity());
                        }
                    }
                    return new Illustration.Node(node.name(), node.opType(), node.inputs(), node.outputs(), severities);
                })
                .toList();
        return new Illustration.Neighbourhood("around " + center.name(), drawn, center.name());
    }
}

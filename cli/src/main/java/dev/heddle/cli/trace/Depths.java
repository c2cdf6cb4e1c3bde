package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionId;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import dev.heddle.runtime.parity.Depth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many roundings lie behind each value of a graph: on the longest way to it, each node once, a call of a function as often as the longest way through its body.
 *
 * <p>Some operations enlarge the error of their input: of exp(x), softmax(x), sin(x) and cos(x) the absolute error of x matters, which is u |x|; of a sum whose terms
 * cancel, that of the terms.
 */
final class Depths {

    /** Of the factor 10 that the table has for a rounding of float32, 3 is caution: an enlarged rounding keeps that and no more. */
    private static final double SLACK = 3;

    private final Map<FunctionId, Function> functions = new HashMap<>();
    private final Map<String, Double> sizes;
    private final Map<String, Depth> values = new HashMap<>();

    /** @param sizes largest expected value of each tensor, as far as they are known */
    Depths(Model model, Map<String, Double> sizes) {
        this.sizes = Map.copyOf(sizes);
        model.functions().forEach(function -> functions.put(function.id(), function));
        fill(model.graph().nodes(), values);
    }

    /** Of a value that a node of the graph makes. */
    Depth of(String value) {
        return values.getOrDefault(value, Depth.nodes(1));
    }

    /** Of what a node makes of inputs that were rounded once. */
    Depth alone(Node node) {
        Depth own = own(node);
        return new Depth(own.nodes() + 1, own.roundings() + 1);
    }

    private void fill(List<Node> nodes, Map<String, Depth> depths) {
        for (Node node : nodes) {
            int nodesBefore = 0;
            double roundingsBefore = 0;
            for (String input : node.inputs()) {
                Depth before = depths.get(input);
                nodesBefore = before == null ? nodesBefore : Math.max(nodesBefore, before.nodes());
                roundingsBefore = before == null ? roundingsBefore : Math.max(roundingsBefore, before.roundings());
            }
            Depth own = own(node);
            Depth depth = new Depth(nodesBefore + own.nodes(), roundingsBefore + own.roundings());
            node.outputs().forEach(output -> depths.put(output, depth));
        }
    }

    private Depth own(Node node) {
        Function function = functions.get(node.functionId());
        if (function == null) {
            double factor = enlargement(node);
            return new Depth(1, 1 + (factor > SLACK ? factor * factor / (SLACK * SLACK) : 0));
        }
        Map<String, Depth> inside = new HashMap<>();
        fill(function.nodes(), inside);
        int nodes = inside.values().stream().mapToInt(Depth::nodes).max().orElse(1);
        double roundings =
                inside.values().stream().mapToDouble(Depth::roundings).max().orElse(1);
        return new Depth(nodes, roundings);
    }

    /** How much larger the error of the output is than that of the inputs, both as part of the largest value. */
    private double enlargement(Node node) {
        return switch (node.opType()) {
            case "Sin", "Cos", "Exp", "Softmax" -> largestInput(node);
            case "Add", "Sub" ->
                largestInput(node)
                        / Math.max(1, sizes.getOrDefault(node.outputs().get(0), Double.POSITIVE_INFINITY));
            default -> 0;
        };
    }

    private double largestInput(Node node) {
        return node.inputs().stream()
                .mapToDouble(input -> sizes.getOrDefault(input, 0.0))
                .max()
                .orElse(0);
    }
}

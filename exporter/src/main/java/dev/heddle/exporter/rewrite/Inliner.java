package dev.heddle.exporter.rewrite;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.Call;
import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionId;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Expands all functions of a model. A value {@code scores} of a body called by node {@code layers.0.attention.context/MultiTokenAttention} becomes
 * {@code layers.0.attention.scores}, as if the body had been written in place; a number follows only on a clash.
 */
public final class Inliner {

    /** Functions that call functions; no real model comes near it. */
    private static final int MAX_DEPTH = 16;

    private final Map<FunctionId, Function> functions = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final List<Node> nodes = new ArrayList<>();

    private Inliner(Model model) {
        model.functions().forEach(function -> functions.put(function.id(), function));
        Graph graph = model.graph();
        graph.inputs().stream().map(NamedType::name).forEach(taken::add);
        graph.initializers().forEach(weight -> taken.add(weight.name()));
        graph.nodes().forEach(node -> taken.addAll(node.outputs()));
    }

    /** @throws GraphException if functions call each other without end */
    public static Model inline(Model model) {
        if (model.functions().isEmpty()) {
            return model;
        }
        Inliner inliner = new Inliner(model);
        model.graph().nodes().forEach(node -> inliner.add(node, 0));
        Graph graph = model.graph();
        return model.withGraph(new Graph(
                        graph.name(),
                        graph.inputs(),
                        graph.outputs(),
                        graph.initializers(),
                        inliner.nodes,
                        graph.values()))
                .withFunctions(List.of());
    }

    private void add(Node node, int depth) {
        Function function = functions.get(node.functionId());
        if (function == null) {
            nodes.add(node);
            return;
        }
        if (depth == MAX_DEPTH) {
            throw new GraphException(node.name() + ": functions call each other more than " + MAX_DEPTH + " deep");
        }
        String scope = scope(node);
        Map<String, String> names = outerNames(node, function);
        SortedMap<String, Attribute> arguments = node.attributes();
        for (int i = 0; i < node.outputs().size() && i < function.outputs().size(); i++) {
            int input = function.inputs().indexOf(function.outputs().get(i));
            if (input >= 0 && input < node.inputs().size()) {
                nodes.add(identity(node.inputs().get(input), node.outputs().get(i)));
            }
        }
        for (Node inner : function.nodes()) {
            List<String> inputs = inner.inputs().stream()
                    .map(name -> name.isEmpty() ? "" : names.getOrDefault(name, ""))
                    .toList();
            List<String> outputs = inner.outputs().stream()
                    .map(name -> name.isEmpty() ? "" : names.computeIfAbsent(name, made -> unique(scope + made)))
                    .toList();
            String name = (outputs.isEmpty() ? scope + inner.name() : outputs.get(0)) + "/" + inner.opType();
            Node expanded = new Node(
                    name,
                    inner.domain(),
                    inner.opType(),
                    inner.overload(),
                    withoutAbsentEnd(inputs),
                    outputs,
                    Call.resolve(inner.attributes(), arguments),
                    inner.doc());
            add(expanded, depth + 1);
        }
    }

    /** {@code layers.0.attention.} for a node {@code layers.0.attention.context/MultiTokenAttention}. */
    private static String scope(Node node) {
        String path =
                node.name().contains("/") ? node.name().substring(0, node.name().lastIndexOf('/')) : node.name();
        return path.contains(".") ? path.substring(0, path.lastIndexOf('.') + 1) : "";
    }

    /** For a function that hands an input on. */
    private static Node identity(String input, String output) {
        return new Node(output + "/Identity", "", "Identity", "", List.of(input), List.of(output), new TreeMap<>(), "");
    }

    private static Map<String, String> outerNames(Node node, Function function) {
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < function.inputs().size(); i++) {
            names.put(
                    function.inputs().get(i),
                    i < node.inputs().size() ? node.inputs().get(i) : "");
        }
        for (int i = 0; i < node.outputs().size() && i < function.outputs().size(); i++) {
            boolean handedOn = function.inputs().contains(function.outputs().get(i));
            if (!node.outputs().get(i).isEmpty() && !handedOn) {
                names.put(function.outputs().get(i), node.outputs().get(i));
            }
        }
        return names;
    }

    private static List<String> withoutAbsentEnd(List<String> inputs) {
        int end = inputs.size();
        while (end > 0 && inputs.get(end - 1).isEmpty()) {
            end--;
        }
        return inputs.subList(0, end);
    }

    private String unique(String wanted) {
        String name = wanted;
        for (int number = 2; !taken.add(name); number++) {
            name = wanted + "_" + number;
        }
        return name;
    }
}

package dev.heddle.exporter.rewrite;

import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Some nodes of a model, each on its own: the values that they read are inputs, so that an error of one does not reach the next. */
public final class NodeModel {

    /** Put behind the names of outputs: the plain ones are inputs of other nodes. */
    public static final String RESULT = ".result";

    private NodeModel() {}

    /**
     * A model of these nodes alone. Weights stay in it; an output {@code x} is called {@code x.result}. Where a node reads a value that cannot be given, the nodes
     * that make it come along.
     *
     * @param given values that can be inputs
     * @param types of the values that the nodes read and make
     */
    public static Model of(Model model, List<Node> nodes, Set<String> given, Map<String, TensorType> types) {
        Set<String> weights = new LinkedHashSet<>();
        model.graph().initializers().forEach(weight -> weights.add(weight.name()));
        List<Node> inner = makers(model, nodes, given, weights);
        Set<String> made = new LinkedHashSet<>();
        inner.forEach(node -> made.addAll(node.outputs()));
        Set<String> read = new LinkedHashSet<>();
        inner.forEach(
                node -> node.inputs().stream().filter(name -> !name.isEmpty()).forEach(read::add));
        List<NamedType> outputs = new ArrayList<>();
        List<Node> alone = new ArrayList<>(inner);
        for (Node node : nodes) {
            node.inputs().stream().filter(name -> !name.isEmpty()).forEach(read::add);
            alone.add(withResults(node));
            node.outputs().stream()
                    .filter(name -> !name.isEmpty() && types.containsKey(name))
                    .forEach(name -> outputs.add(typed(name + RESULT, types.get(name))));
        }
        List<NamedType> inputs = read.stream()
                .filter(name -> !weights.contains(name) && !made.contains(name))
                .map(name -> typed(name, types.get(name)))
                .toList();
        List<Initializer> kept = model.graph().initializers().stream()
                .filter(weight -> read.contains(weight.name()))
                .toList();
        return model.withGraph(new Graph(model.graph().name(), inputs, outputs, kept, alone, List.of()))
                .withFunctions(functions(model, alone));
    }

    /** In the order of the graph. */
    private static List<Node> makers(Model model, List<Node> nodes, Set<String> given, Set<String> weights) {
        Set<String> missing = new LinkedHashSet<>();
        nodes.forEach(node -> addMissing(node, given, weights, missing));
        List<Node> makers = new ArrayList<>();
        List<Node> all = model.graph().nodes();
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i).outputs().stream().anyMatch(missing::contains)) {
                addMissing(all.get(i), given, weights, missing);
                makers.add(0, all.get(i));
            }
        }
        return makers;
    }

    private static void addMissing(Node node, Set<String> given, Set<String> weights, Set<String> missing) {
        node.inputs().stream()
                .filter(name -> !name.isEmpty() && !given.contains(name) && !weights.contains(name))
                .forEach(missing::add);
    }

    private static NamedType typed(String name, @Nullable TensorType type) {
        if (type == null) {
            throw new IllegalArgumentException("the type of value " + name + " is not known");
        }
        return new NamedType(name, type);
    }

    private static Node withResults(Node node) {
        return node.withOutputs(node.outputs().stream()
                .map(name -> name.isEmpty() ? "" : name + RESULT)
                .toList());
    }

    /** Those that the nodes call, and what these call. */
    private static List<Function> functions(Model model, List<Node> nodes) {
        Set<Function> called = new LinkedHashSet<>();
        List<Node> open = new ArrayList<>(nodes);
        while (!open.isEmpty()) {
            Node node = open.remove(open.size() - 1);
            model.functions().stream()
                    .filter(function -> function.id().equals(node.functionId()))
                    .filter(called::add)
                    .forEach(function -> open.addAll(function.nodes()));
        }
        return List.copyOf(called);
    }
}

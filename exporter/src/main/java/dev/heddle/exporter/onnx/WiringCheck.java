package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Checks what a graph or a function body connects to what: names, order, use, references to attributes. */
final class WiringCheck {

    private final String where;
    private final List<Node> nodes;
    private final Set<String> madeByNodes;
    private final Set<String> known = new HashSet<>();
    private final Set<String> used = new HashSet<>();
    private final List<Finding> findings = new ArrayList<>();

    /** @param where what every finding starts with */
    private WiringCheck(String where, List<Node> nodes) {
        this.where = where;
        this.nodes = nodes;
        this.madeByNodes =
                nodes.stream().flatMap(node -> node.outputs().stream()).collect(Collectors.toSet());
    }

    static List<Finding> graph(Graph graph) {
        WiringCheck check = new WiringCheck("", graph.nodes());
        List<String> inputs = graph.inputs().stream().map(NamedType::name).toList();
        List<String> weights =
                graph.initializers().stream().map(Initializer::name).toList();
        List<String> outputs = graph.outputs().stream().map(NamedType::name).toList();
        check.given("input ", inputs);
        check.given("initializer ", weights);
        check.walk(Set.of());
        check.outputs(outputs);
        if (check.isSound()) {
            check.unusedNodes();
            check.unused("input ", inputs);
            check.unused("initializer ", weights);
        }
        return check.findings;
    }

    /** Inputs and attributes may be unused here: they are those of the operator, which a kernel may need. */
    static List<Finding> function(Function function) {
        WiringCheck check = new WiringCheck("function " + function.id() + ": ", function.nodes());
        check.given("input ", function.inputs());
        check.walk(new TreeSet<>(function.attributes()));
        check.outputs(function.outputs());
        if (check.isSound()) {
            check.unusedNodes();
        }
        return check.findings;
    }

    private void error(String text) {
        findings.add(Finding.error(where + text));
    }

    private void warning(String text) {
        findings.add(Finding.warning(where + text));
    }

    private void given(String kind, List<String> names) {
        for (String name : names) {
            if (name.isEmpty()) {
                error(kind + "without a name");
            } else if (!known.add(name)) {
                error(kind + name + ": the name is taken by another input or initializer");
            }
        }
    }

    private void walk(Set<String> attributes) {
        Set<String> nodeNames = new HashSet<>();
        for (Node node : nodes) {
            if (node.name().isEmpty()) {
                warning(TypeCheck.place(node) + ": has no name");
            } else if (!nodeNames.add(node.name())) {
                error(TypeCheck.place(node) + ": the name is taken by another node");
            }
            inputs(node);
            node.outputs().stream()
                    .filter(output -> !output.isEmpty() && !known.add(output))
                    .forEach(output -> error(TypeCheck.place(node) + ": output " + output + " exists already"));
            references(node, attributes);
        }
        nodes.stream()
                .filter(node -> node.outputs().stream().allMatch(String::isEmpty))
                .forEach(node -> error(TypeCheck.place(node) + ": has no output"));
    }

    private void inputs(Node node) {
        for (String input : node.inputs()) {
            if (!input.isEmpty() && !known.contains(input)) {
                String problem = madeByNodes.contains(input) ? " is made by this or a later node" : " does not exist";
                error(TypeCheck.place(node) + ": input " + input + problem);
            }
        }
    }

    private void references(Node node, Set<String> attributes) {
        node.attributes().forEach((name, value) -> {
            if (value instanceof Attribute.Reference reference && !attributes.contains(reference.name())) {
                error(TypeCheck.place(node) + ": attribute " + name + " refers to '" + reference.name()
                        + "', declared: " + attributes);
            }
        });
    }

    private void outputs(List<String> outputs) {
        Set<String> names = new HashSet<>();
        for (String output : outputs) {
            if (!known.contains(output)) {
                error("output " + output + ": is not made by any node");
            }
            if (!names.add(output)) {
                error("output " + output + ": is given more than once");
            }
        }
        used.addAll(outputs);
    }

    /** Whether it makes sense to ask what is used. */
    private boolean isSound() {
        return findings.stream().noneMatch(Finding::isError);
    }

    /** Also those whose results only unused nodes use. */
    private void unusedNodes() {
        Deque<Node> unused = new ArrayDeque<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (node.outputs().stream().anyMatch(used::contains)) {
                used.addAll(node.inputs());
            } else {
                unused.push(node);
            }
        }
        unused.forEach(node -> warning(TypeCheck.place(node) + ": its result is never used"));
    }

    private void unused(String kind, List<String> names) {
        names.stream().filter(name -> !used.contains(name)).forEach(name -> warning(kind + name + ": is never used"));
    }
}

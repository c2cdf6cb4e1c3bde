package dev.heddle.models;

import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The rules for names in graphs that we write. */
public final class GraphNames {

    private GraphNames() {}

    /** Names of values and nodes that break a rule, each with the function it is in. */
    public static List<String> unreadable(Model model) {
        Graph graph = model.graph();
        Stream<String> given = Stream.concat(
                graph.inputs().stream().map(NamedType::name),
                graph.initializers().stream().map(Initializer::name));
        Stream<String> outside = unreadable(Stream.concat(given, names(graph.nodes())));
        Stream<String> inside = model.functions().stream().flatMap(GraphNames::unreadable);
        return Stream.concat(outside, inside).toList();
    }

    private static Stream<String> unreadable(Function function) {
        return unreadable(Stream.concat(function.inputs().stream(), names(function.nodes())))
                .map(name -> name + " in " + function.id());
    }

    private static Stream<String> names(List<Node> nodes) {
        return Stream.concat(nodes.stream().map(Node::name), nodes.stream().flatMap(node -> node.outputs().stream()));
    }

    private static Stream<String> unreadable(Stream<String> all) {
        List<String> names = all.toList();
        Set<String> distinct = new HashSet<>(names);
        return names.stream().filter(name -> !isPlain(name) || isCounted(name) || isClash(name, distinct));
    }

    private static boolean isPlain(String name) {
        return name.matches("[A-Za-z0-9_./]+");
    }

    /** Nothing but a number at the end, like {@code Constant.57}. */
    private static boolean isCounted(String name) {
        return name.matches("(.*[./])?\\d*") && !name.startsWith("const_");
    }

    /** Two values of one scope wanted the same name: the second should say what it is. */
    private static boolean isClash(String name, Set<String> names) {
        String plain = name.replaceFirst("_\\d+(/\\w+)?$", "$1");
        return !name.startsWith("const_") && !plain.equals(name) && names.contains(plain);
    }
}

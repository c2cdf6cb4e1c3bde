package dev.heddle.exporter.rewrite;

import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.TensorType;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Makes inner values of a graph its outputs. */
public final class Taps {

    private Taps() {}

    /**
     * The model with these values as its only outputs; what they do not need is still in it.
     *
     * @param types of all of them
     */
    public static Model of(Model model, Collection<String> values, Map<String, TensorType> types) {
        List<NamedType> outputs = values.stream()
                .map(name -> {
                    TensorType type = types.get(name);
                    if (type == null) {
                        throw new IllegalArgumentException("the type of value " + name + " is not known");
                    }
                    return new NamedType(name, type);
                })
                .toList();
        Graph graph = model.graph();
        return model.withGraph(
                new Graph(graph.name(), graph.inputs(), outputs, graph.initializers(), graph.nodes(), List.of()));
    }
}

package dev.heddle.exporter.rewrite;

import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Model;
import java.util.List;

/** A model with another graph. */
final class Rewritten {

    private Rewritten() {}

    static Model graph(Model model, Graph graph) {
        return of(model, graph, model.functions());
    }

    static Model of(Model model, Graph graph, List<Function> functions) {
        return new Model(
                graph,
                functions,
                model.opsets(),
                model.irVersion(),
                model.producer(),
                model.producerVersion(),
                model.metadata());
    }
}

package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model whose inner values can be asked for. */
public interface TracedSide extends ValueSource {

    /** The graph whose values are named. */
    Model model();

    /** Types of the graph's values, as far as they are known. */
    Map<String, TensorType> types();

    /** Runs a model made out of this one and hands over its outputs. */
    void run(Model changed, Map<String, HostTensor> inputs, Sink sink) throws IOException;

    @Override
    default Precision precision() {
        return ModelPrecision.of(model(), types());
    }

    @Override
    default Set<String> values() {
        Set<String> values = new LinkedHashSet<>();
        model().graph().nodes().forEach(node -> values.addAll(node.outputs()));
        values.remove("");
        return values;
    }

    @Override
    default List<String> outputs() {
        return model().graph().outputs().stream().map(NamedType::name).toList();
    }
}

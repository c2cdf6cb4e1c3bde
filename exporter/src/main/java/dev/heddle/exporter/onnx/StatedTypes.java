package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Typed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The types that a graph states for its values and outputs. */
record StatedTypes(List<NamedType> statements, Map<String, TensorType> byName) {

    static StatedTypes of(Graph graph) {
        Map<String, TensorType> byName = new HashMap<>();
        List<NamedType> statements =
                Stream.concat(graph.values().stream(), graph.outputs().stream()).toList();
        statements.forEach(statement -> byName.putIfAbsent(statement.name(), statement.type()));
        return new StatedTypes(statements, byName);
    }

    /** What could not be inferred is taken as stated. */
    Inferred orStated(String name, Inferred value) {
        TensorType type = byName.get(name);
        return type != null && value instanceof Inferred.Unknown ? new Inferred.Known(new Typed(type)) : value;
    }

    List<Finding> compare(Map<String, Inferred> values) {
        List<Finding> findings = new ArrayList<>();
        for (NamedType statement : statements) {
            Inferred value = values.get(statement.name());
            if (value == null) {
                findings.add(
                        Finding.warning("value " + statement.name() + ": has a type, but nothing makes the value"));
            } else if (value instanceof Inferred.Known known
                    && !agree(statement, known.typed().type())) {
                findings.add(Finding.error("value " + statement.name() + ": stated as " + statement.type()
                        + ", inferred as " + known.typed().type()));
            }
        }
        return findings;
    }

    private static boolean agree(NamedType statement, TensorType inferred) {
        List<Dim> dims = statement.type().shape().dims();
        return statement.type().dtype() == inferred.dtype()
                && dims.size() == inferred.shape().rank()
                && IntStream.range(0, dims.size())
                        .allMatch(axis -> dims.get(axis).equals(inferred.shape().dim(axis))
                                || dims.get(axis).equals(ProtoTypes.unnamed(statement.name(), axis)));
    }
}

package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.OpDefinition;
import dev.heddle.exporter.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Records calls in an element type that the runtime has a kernel of: where it lacks the one that the values are stored in, they are cast to a wider one and the
 * results back.
 */
record ComputeTypes(GraphScope scope) {

    /** One value for each role, as {@link GraphScope#nodes}. */
    List<Value> nodes(OpDefinition op, List<String> roles, List<Value> inputs, Map<String, Attribute> attributes) {
        Optional<DType> stored = inputs.stream()
                .filter(input -> !input.isAbsent())
                .map(Value::dtype)
                .filter(DType::isFloat)
                .findFirst();
        // A cast is what makes up for a missing kernel, so each runtime has that one.
        if (stored.isEmpty() || op.schema().name().equals("Cast")) {
            return scope.nodes(op, roles, inputs, attributes);
        }
        DType computed =
                scope.kernels().computed(op.schema().domain(), op.schema().name(), stored.get());
        return computed == stored.get()
                ? scope.nodes(op, roles, inputs, attributes)
                : wide(op, roles, inputs, attributes, new Widening(stored.get(), computed));
    }

    private record Widening(DType stored, DType computed) {}

    private List<Value> wide(
            OpDefinition op,
            List<String> roles,
            List<Value> inputs,
            Map<String, Attribute> attributes,
            Widening widening) {
        List<Value> cast = new ArrayList<>();
        for (int index = 0; index < inputs.size(); index++) {
            Value input = inputs.get(index);
            boolean narrow = !input.isAbsent() && input.dtype() == widening.stored();
            String role = roles.get(0) + "_in" + index;
            cast.add(narrow ? cast(role, input, widening.computed()) : input);
        }
        List<String> wideRoles = roles.stream().map(role -> role + "_wide").toList();
        List<Value> results = scope.nodes(op, wideRoles, cast, attributes);
        List<Value> narrow = new ArrayList<>();
        for (int index = 0; index < results.size(); index++) {
            Value result = results.get(index);
            narrow.add(
                    result.dtype() == widening.computed() ? cast(roles.get(index), result, widening.stored()) : result);
        }
        return narrow;
    }

    private Value cast(String role, Value x, DType to) {
        Map<String, Attribute> attributes = Map.of("to", new Attribute.Int(to.onnxNumber()));
        return scope.node(StandardOps.get("Cast"), role, List.of(x), attributes);
    }
}

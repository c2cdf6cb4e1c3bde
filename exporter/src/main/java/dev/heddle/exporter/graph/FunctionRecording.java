package dev.heddle.exporter.graph;

import dev.heddle.ops.OpSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Records a custom operator's body once for each call, with the types of that call, and keeps one function for all calls of one overload. A body that
 * comes out differently for two calls is refused: its overload does not say all it depends on.
 */
final class FunctionRecording {

    private final GraphBuilder graph;
    private final OpSchema schema;
    private final FunctionId id;
    private final SortedMap<String, Attribute> arguments;
    private final Recorder recorder;

    FunctionRecording(GraphBuilder graph, OpSchema schema, FunctionId id, SortedMap<String, Attribute> arguments) {
        this.graph = graph;
        this.schema = schema;
        this.id = id;
        this.arguments = arguments;
        this.recorder = new Recorder(graph, FunctionStyle.FUNCTION, arguments);
    }

    /** @return types of the outputs at this call */
    List<Typed> record(List<Value> actual, int outputCount, FunctionBody body) {
        List<Value> formal = IntStream.range(0, schema.inputs().size())
                .mapToObj(i -> formal(i, actual))
                .toList();
        GraphScope scope = new GraphScope(recorder, "", GraphScope.references(arguments));
        List<Value> outputs = body.emit(scope, formal);
        if (outputs.size() != outputCount) {
            throw new GraphException(id + ": the body must give " + outputCount + " outputs, got " + outputs.size());
        }
        graph.register(function(outputs));
        return outputs.stream().map(Value::typed).toList();
    }

    private Value formal(int index, List<Value> actual) {
        boolean given = index < actual.size() && !actual.get(index).isAbsent();
        return given
                ? recorder.leaf(
                        schema.inputs().get(index).name(), actual.get(index).typed())
                : Value.ABSENT;
    }

    private Function function(List<Value> outputs) {
        Map<String, String> names = new HashMap<>();
        List<String> formalOutputs = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            String name = schema.outputs().get(i).name();
            String made = outputs.get(i).name();
            if (!made.equals(name) && recorder.types().containsKey(name)) {
                throw new GraphException(id + ": the body uses the name of output " + name + " for another value");
            }
            names.put(made, name);
            formalOutputs.add(name);
        }
        return new Function(
                id,
                schema.inputs().stream().map(OpSchema.Parameter::name).toList(),
                formalOutputs,
                List.copyOf(new TreeSet<>(arguments.keySet())),
                recorder.nodes().stream().map(node -> node.renamed(names)).toList(),
                schema.doc());
    }
}

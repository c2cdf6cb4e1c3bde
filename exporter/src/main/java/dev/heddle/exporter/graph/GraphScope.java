package dev.heddle.exporter.graph;

import dev.heddle.ops.OpSchema;
import dev.heddle.ops.OpSchema.AttributeType;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A place in a graph under construction: everything recorded through it is named {@code <path>.<role>}, so paths mirror the source's modules.
 *
 * <p>Types are inferred and checked in the call that makes a value, so a mistake's stack trace points at the line that made it. Not thread-safe.
 */
public final class GraphScope {

    private final Recorder recorder;
    private final String path;
    private final Map<String, Attribute> attributes;

    GraphScope(Recorder recorder, String path, Map<String, Attribute> attributes) {
        this.recorder = recorder;
        this.path = path;
        this.attributes = attributes;
    }

    /** Scope of a module inside this one, for instance {@code q_proj}. */
    public GraphScope child(String name) {
        return new GraphScope(recorder, nameOf(name), attributes);
    }

    /** The opset of the model being built. */
    public int opset() {
        return recorder.graph().opset();
    }

    /** What the runtime that the model is for can compute. */
    public Kernels kernels() {
        return recorder.graph().kernels();
    }

    /** Gives the next node this doc. */
    public void document(String doc) {
        recorder.document(doc);
    }

    /**
     * Records a call with one output.
     *
     * @throws GraphException if the call does not fit the operator
     */
    public Value node(OpDefinition op, String role, List<Value> inputs, Map<String, Attribute> nodeAttributes) {
        return nodes(op, List.of(role), inputs, nodeAttributes).get(0);
    }

    /** Records a call with several outputs, one for each role. */
    public List<Value> nodes(
            OpDefinition op, List<String> roles, List<Value> inputs, Map<String, Attribute> nodeAttributes) {
        return recorder.call(op, roles.stream().map(this::nameOf).toList(), inputs, new TreeMap<>(nodeAttributes));
    }

    /** A small constant; equal ones are shared and named by their value. */
    public Value constant(Literal literal) {
        return recorder.constant(ConstantName.of(literal), literal);
    }

    /** A constant with a name of its own. */
    public Value constant(String role, Literal literal) {
        return recorder.constant(nameOf(role), literal);
    }

    /** An attribute of the custom operator whose body this is, to be passed on to a node of the body. */
    public Attribute attribute(String name) {
        Attribute attribute = attributes.get(name);
        if (attribute == null) {
            throw new GraphException(
                    "body at " + path + ": the call has no attribute '" + name + "', it has " + attributes.keySet());
        }
        return attribute;
    }

    /** A float attribute of the custom operator whose body this is, as a float32 scalar. */
    public Value scalar(String name) {
        Attribute attribute = attribute(name);
        if (attribute instanceof Attribute.Real real) {
            return constant(Literal.float32(real.value()));
        }
        return node(ConstantOp.DEFINITION, name, List.of(), Map.of("value_float", attribute));
    }

    /** An integer attribute of the custom operator whose body this is, as an int64 scalar. */
    public Value integer(String name) {
        Attribute attribute = attribute(name);
        if (attribute instanceof Attribute.Int number) {
            return constant(Literal.int64(number.value()));
        }
        return node(ConstantOp.DEFINITION, name, List.of(), Map.of("value_int", attribute));
    }

    /**
     * Records a call of a custom operator, as a node with a function body or as the body in place.
     *
     * @param overload names the body among those of this operator; must say all that the body depends on
     * @param roles names of the wanted outputs
     * @param inputs {@link Value#ABSENT} for optional ones that are not given
     * @return one value for each role
     */
    public List<Value> call(
            OpSchema schema,
            String overload,
            List<String> roles,
            List<Value> inputs,
            Map<String, Attribute> arguments,
            FunctionBody body) {
        SortedMap<String, Attribute> sorted = new TreeMap<>(arguments);
        List<String> names = roles.stream().map(this::nameOf).toList();
        OpDefinition op = new OpDefinition(schema, call -> bodyTypes(call, overload, inputs, sorted, body));
        Call checked = recorder.check(op, names, inputs, sorted);
        List<Value> padded = padded(inputs, schema.inputs().size());
        if (recorder.graph().style() == FunctionStyle.INLINE) {
            return body.emit(new GraphScope(recorder, path, sorted), padded);
        }
        return recorder.add(op, overload, names, inputs, sorted, op.rule().infer(checked));
    }

    private List<Typed> bodyTypes(
            Call call, String overload, List<Value> inputs, SortedMap<String, Attribute> arguments, FunctionBody body) {
        FunctionId id = new FunctionId(call.schema().domain(), call.schema().name(), overload);
        return new FunctionRecording(recorder.graph(), call.schema(), id, arguments)
                .record(inputs, call.outputCount(), body);
    }

    static List<Value> padded(List<Value> inputs, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> i < inputs.size() ? inputs.get(i) : Value.ABSENT)
                .toList();
    }

    /** References to each of these attributes, as a function body sees them. */
    static Map<String, Attribute> references(SortedMap<String, Attribute> arguments) {
        return arguments.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> reference(entry.getKey(), entry.getValue().type())));
    }

    private static Attribute reference(String name, AttributeType type) {
        return new Attribute.Reference(name, type);
    }

    private String nameOf(String role) {
        return path.isEmpty() ? role : path + "." + role;
    }
}

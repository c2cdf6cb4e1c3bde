package dev.heddle.exporter.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What one graph or one function body consists of so far. */
final class Recorder {

    private static final OpDefinition CONSTANT = ConstantOp.DEFINITION;

    private final GraphBuilder graph;
    private final FunctionStyle constantStyle;
    private final Map<String, Attribute> arguments;
    private final NameScope valueNames = new NameScope();
    private final NameScope nodeNames = new NameScope();
    private final Map<Literal, Value> constants = new LinkedHashMap<>();
    private final Map<String, Typed> types = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private String pendingDoc = "";

    /**
     * @param constantStyle INLINE: constants are the graph's initializers; FUNCTION: they are nodes, as functions have no initializers
     * @param arguments in a function body: the attributes of the call that is being typed
     */
    Recorder(GraphBuilder graph, FunctionStyle constantStyle, Map<String, Attribute> arguments) {
        this.graph = graph;
        this.constantStyle = constantStyle;
        this.arguments = arguments;
    }

    GraphBuilder graph() {
        return graph;
    }

    List<Node> nodes() {
        return nodes;
    }

    Map<String, Typed> types() {
        return types;
    }

    boolean isFunction() {
        return constantStyle == FunctionStyle.FUNCTION;
    }

    /** Remembers a text for the doc of the next node. */
    void document(String doc) {
        pendingDoc = doc;
    }

    /** A value that no node makes: an input or an initializer. */
    Value leaf(String name, Typed typed) {
        return new Value(this, valueNames.exactly(name), typed);
    }

    Value constant(String name, Literal literal) {
        Value known = constants.get(literal);
        if (known != null) {
            return known;
        }
        Typed typed = Typed.of(literal);
        Value value;
        if (isFunction()) {
            SortedMap<String, Attribute> attributes = new TreeMap<>(Map.of("value", new Attribute.Tensor(literal)));
            value = add(CONSTANT, "", List.of(name), List.of(), attributes, List.of(typed))
                    .get(0);
        } else {
            value = new Value(this, valueNames.unique(name), typed);
        }
        constants.put(literal, value);
        return value;
    }

    /** Types the call, then records it. */
    List<Value> call(
            OpDefinition op, List<String> outputs, List<Value> inputs, SortedMap<String, Attribute> attributes) {
        Call call = check(op, outputs, inputs, attributes);
        return add(op, "", outputs, inputs, attributes, op.rule().infer(call));
    }

    /** The call with its signature checked. */
    Call check(OpDefinition op, List<String> outputs, List<Value> inputs, SortedMap<String, Attribute> attributes) {
        String where = outputs.get(0);
        inputs.stream()
                .filter(input -> !input.isAbsent() && !input.belongsTo(this))
                .findFirst()
                .ifPresent(input -> {
                    throw new GraphException(op.schema().name() + " at " + where + ": input " + input.name()
                            + " belongs to another graph; pass it as an input of the function");
                });
        List<Optional<Typed>> types = inputs.stream()
                .map(input -> input.isAbsent() ? Optional.<Typed>empty() : Optional.of(input.typed()))
                .toList();
        Call call = new Call(op.schema(), where, types, outputs.size(), Call.resolve(attributes, arguments));
        call.checkSignature();
        graph.requireOpset(op.schema(), where);
        return call;
    }

    List<Value> add(
            OpDefinition op,
            String overload,
            List<String> outputs,
            List<Value> inputs,
            SortedMap<String, Attribute> attributes,
            List<Typed> types) {
        List<Value> values = IntStream.range(0, outputs.size())
                .mapToObj(i -> new Value(this, valueNames.unique(outputs.get(i)), types.get(i)))
                .toList();
        values.forEach(value -> this.types.put(value.name(), value.typed()));
        String nodeName =
                nodeNames.unique(values.get(0).name() + "/" + op.schema().name());
        nodes.add(new Node(
                nodeName,
                op.schema().domain(),
                op.schema().name(),
                overload,
                withoutTrailingAbsent(inputs),
                values.stream().map(Value::name).toList(),
                attributes,
                pendingDoc));
        pendingDoc = "";
        return values;
    }

    private static List<String> withoutTrailingAbsent(List<Value> inputs) {
        int count = inputs.size();
        while (count > 0 && inputs.get(count - 1).isAbsent()) {
            count--;
        }
        return inputs.subList(0, count).stream().map(Value::name).toList();
    }

    /** Constants that became initializers, in order of first use. */
    List<Initializer> initializers() {
        return isFunction()
                ? List.of()
                : constants.entrySet().stream()
                        .map(entry -> new Initializer(entry.getValue().name(), entry.getKey()))
                        .toList();
    }
}

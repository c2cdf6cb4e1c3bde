package dev.heddle.exporter.graph;

import dev.heddle.ops.OpSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Builds one model: inputs and weights come from here, everything else from {@link GraphScope}s. Not thread-safe; use once.
 */
public final class GraphBuilder {

    /** IR version that knows function overloads, and that every ONNX Runtime from 1.18 on reads. */
    public static final int IR_VERSION = 10;

    /** The oldest opset that graphs are written for. */
    public static final int MIN_OPSET = 21;

    /** The newest opset that graphs are written for; ONNX Runtime knows newer ones only in part. */
    public static final int MAX_OPSET = 23;

    private final String name;
    private final int opset;
    private final FunctionStyle style;
    private final Kernels kernels;
    private final Recorder recorder = new Recorder(this, FunctionStyle.INLINE, Map.of());
    private final List<NamedType> inputs = new ArrayList<>();
    private final Map<String, Value> outputs = new LinkedHashMap<>();
    private final Map<String, Initializer> weights = new LinkedHashMap<>();
    private final Map<String, Value> weightValues = new HashMap<>();
    private final SortedMap<FunctionId, Function> functions = new TreeMap<>();

    /** @param opset version of ONNX's operators, {@link #MIN_OPSET} to {@link #MAX_OPSET} */
    public GraphBuilder(String name, int opset, FunctionStyle style) {
        this(name, opset, style, Kernels.all());
    }

    /** @param kernels of the runtime that the model is for; where one is missing, graphs compute in a wider type */
    public GraphBuilder(String name, int opset, FunctionStyle style, Kernels kernels) {
        if (opset < MIN_OPSET || opset > MAX_OPSET) {
            throw new GraphException(
                    "graphs are written for opset " + MIN_OPSET + " to " + MAX_OPSET + ", got " + opset);
        }
        this.name = name;
        this.opset = opset;
        this.style = style;
        this.kernels = kernels;
    }

    public int opset() {
        return opset;
    }

    public FunctionStyle style() {
        return style;
    }

    Kernels kernels() {
        return kernels;
    }

    public GraphScope root() {
        return new GraphScope(recorder, "", Map.of());
    }

    public Value input(String inputName, TensorType type) {
        Value value = recorder.leaf(inputName, new Typed(type));
        inputs.add(new NamedType(inputName, type));
        return value;
    }

    /** A weight under exactly this name; the same name again gives the same value. */
    public Value weight(String weightName, TensorData data) {
        Value known = weightValues.get(weightName);
        if (known != null) {
            if (!known.type().equals(data.type())) {
                throw new GraphException(
                        "weight " + weightName + " is used as " + known.type() + " and as " + data.type());
            }
            return known;
        }
        Value value = recorder.leaf(weightName, new Typed(data.type()));
        weights.put(weightName, new Initializer(weightName, data));
        weightValues.put(weightName, value);
        return value;
    }

    /** Makes a node's value an output of the model under this name; the value is renamed. */
    public void output(String outputName, Value value) {
        boolean taken = outputs.containsKey(outputName) || outputs.containsValue(value);
        if (taken || !recorder.types().containsKey(value.name())) {
            throw new GraphException("output " + outputName + ": " + value.name()
                    + " must be made by a node and be given as an output once");
        }
        outputs.put(outputName, value);
    }

    void register(Function function) {
        Function known = functions.putIfAbsent(function.id(), function);
        if (known != null && !known.equals(function)) {
            throw new GraphException(function.id()
                    + ": two calls need different bodies; the overload must say all that the body depends on");
        }
    }

    void requireOpset(OpSchema schema, String where) {
        if (schema.domain().isEmpty() && schema.sinceVersion() > opset) {
            throw new GraphException(schema.name() + " at " + where + ": exists since opset " + schema.sinceVersion()
                    + ", the model is written for " + opset);
        }
    }

    /** The finished model; opsets are those its nodes need. */
    public Model build(String producer, String producerVersion) {
        Map<String, String> renamed = new HashMap<>();
        outputs.forEach((outputName, value) -> renamed.put(value.name(), outputName));
        List<Node> nodes =
                recorder.nodes().stream().map(node -> node.renamed(renamed)).toList();
        List<Initializer> initializers = new ArrayList<>(weights.values());
        initializers.addAll(recorder.initializers());
        Graph graph = new Graph(
                name,
                inputs,
                outputs.entrySet().stream()
                        .map(entry ->
                                new NamedType(entry.getKey(), entry.getValue().type()))
                        .toList(),
                initializers,
                nodes,
                recorder.types().entrySet().stream()
                        .filter(entry -> !renamed.containsKey(entry.getKey()))
                        .map(entry ->
                                new NamedType(entry.getKey(), entry.getValue().type()))
                        .toList());
        return new Model(
                graph,
                List.copyOf(functions.values()),
                opsets(nodes),
                IR_VERSION,
                producer,
                producerVersion,
                new TreeMap<>());
    }

    private SortedMap<String, Integer> opsets(List<Node> nodes) {
        SortedMap<String, Integer> opsets = new TreeMap<>(Map.of("", opset));
        Stream<Node> bodies = functions.values().stream().flatMap(function -> function.nodes().stream());
        Stream.concat(nodes.stream(), bodies)
                .map(Node::domain)
                .filter(domain -> !domain.isEmpty())
                .forEach(domain -> opsets.put(domain, 1));
        return opsets;
    }
}

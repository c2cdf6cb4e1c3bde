package dev.heddle.exporter.interpret;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.rewrite.Inliner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Computes a model in float64, node by node, with functions expanded. Weights are read when they are needed, large matrices row by row, and values are dropped
 * after their last use. Thread-safe.
 */
public final class Interpreter {

    /** Usual limit. */
    private static final long STREAMED_ELEMENTS = 1 << 24;

    private final Model model;
    private final long streamed;
    private final Map<String, TensorData> weights = new HashMap<>();

    /** @throws GraphException if the model has an operator that cannot be computed */
    public Interpreter(Model model) {
        this(model, STREAMED_ELEMENTS);
    }

    /** @param streamed matrices of more elements are never held */
    Interpreter(Model model, long streamed) {
        this.streamed = streamed;
        this.model = Inliner.inline(model);
        this.model.graph().initializers().forEach(weight -> weights.put(weight.name(), weight.data()));
        for (Node node : this.model.graph().nodes()) {
            if (Operators.find(node.domain(), node.opType()).isEmpty()) {
                String domain = node.domain().isEmpty() ? "" : node.domain() + ".";
                throw new GraphException(node.name() + ": operator " + domain + node.opType()
                        + " cannot be computed in float64; it is not one of ONNX's known here and has no body");
            }
        }
    }

    /** Told of every value in the order in which they are made. */
    @FunctionalInterface
    public interface Observer {
        void made(Node node, String value, Tensor tensor);
    }

    /** The model with its functions expanded: the nodes and names that an observer hears of. */
    public Model model() {
        return model;
    }

    /** A weight or constant of the graph as a value. */
    public Tensor weight(String name) {
        return TensorReader.read(data(name));
    }

    private TensorData data(String name) {
        TensorData data = weights.get(name);
        if (data == null) {
            throw new IllegalArgumentException("the model has no weight " + name);
        }
        return data;
    }

    private boolean isLarge(String name) {
        TensorData data = weights.get(name);
        return data != null
                && data.type().shape().rank() == 2
                && data.type().shape().elements() > streamed;
    }

    /**
     * @param inputs all graph inputs by name
     * @return the graph's outputs by name
     * @throws GraphException if a node cannot be computed from what it gets
     */
    public Map<String, Tensor> run(Map<String, Tensor> inputs, Observer observer) {
        Map<String, Integer> uses = uses();
        Map<String, Tensor> values = new HashMap<>(inputs);
        for (Node node : model.graph().nodes()) {
            List<Tensor> outputs = compute(node, values);
            for (int i = 0; i < node.outputs().size(); i++) {
                String name = node.outputs().get(i);
                if (!name.isEmpty()) {
                    observer.made(node, name, outputs.get(i));
                    values.put(name, outputs.get(i));
                }
            }
            drop(node, uses, values);
        }
        Map<String, Tensor> results = new LinkedHashMap<>();
        model.graph().outputs().forEach(output -> results.put(output.name(), value(output.name(), values)));
        return results;
    }

    private static void drop(Node node, Map<String, Integer> uses, Map<String, Tensor> values) {
        List<String> names = new ArrayList<>(node.inputs());
        names.forEach(name -> {
            if (uses.merge(name, -1, Integer::sum) == 0) {
                values.remove(name);
            }
        });
        node.outputs().stream().filter(name -> !uses.containsKey(name)).forEach(values::remove);
    }

    /** How often each value is read; outputs of the graph once more. */
    private Map<String, Integer> uses() {
        Map<String, Integer> uses = new HashMap<>();
        model.graph().nodes().forEach(node -> node.inputs().forEach(name -> uses.merge(name, 1, Integer::sum)));
        model.graph().outputs().forEach(output -> uses.merge(output.name(), 1, Integer::sum));
        return uses;
    }

    private List<Tensor> compute(Node node, Map<String, Tensor> values) {
        List<@Nullable Tensor> inputs = new ArrayList<>();
        int streamed = -1;
        for (String name : node.inputs()) {
            boolean large = !values.containsKey(name) && isLarge(name);
            streamed = large ? inputs.size() : streamed;
            inputs.add(name.isEmpty() || large ? null : value(name, values));
        }
        NodeCall call = new NodeCall(node.opType(), inputs, node.outputs().size(), node.attributes());
        try {
            if (streamed >= 0) {
                String name = node.inputs().get(streamed);
                Optional<Tensor> result = StreamedWeights.apply(call, data(name), streamed);
                if (result.isPresent()) {
                    return List.of(result.get());
                }
                inputs.set(streamed, weight(name));
            }
            return Operators.find(node.domain(), node.opType()).orElseThrow().apply(call);
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new GraphException(node.name() + ": cannot be computed: " + e.getMessage());
        }
    }

    private Tensor value(String name, Map<String, Tensor> values) {
        Tensor known = values.get(name);
        if (known != null) {
            return known;
        }
        if (weights.containsKey(name)) {
            return weight(name);
        }
        throw new GraphException("value " + name + " is neither an input nor made before it is used");
    }
}

package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.Call;
import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionId;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.OpDefinition;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Typed;
import dev.heddle.exporter.op.ContribOps;
import dev.heddle.exporter.op.StandardOps;
import dev.heddle.ops.CustomOps;
import dev.heddle.ops.OpSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Checks every call against its operator's signature and infers the type of every value. */
final class TypeCheck {

    /** Functions that call functions; no real model comes near it. */
    private static final int MAX_DEPTH = 16;

    private final Model model;
    private final Map<FunctionId, Function> functions = new HashMap<>();
    private final Map<Invocation, List<Inferred>> invocations = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();

    /** All that the types inside a function depend on. */
    private record Invocation(
            FunctionId id, List<Inferred> inputs, int outputCount, SortedMap<String, Attribute> attributes) {}

    /**
     * A list of nodes that is being typed.
     *
     * @param where what every finding starts with
     * @param depth number of functions around it
     * @param arguments attributes of the call, in a function
     */
    private record Frame(
            String where, int depth, SortedMap<String, Attribute> arguments, Map<String, Inferred> values) {
        Inferred value(String name) {
            return name.isEmpty() ? new Inferred.Absent() : values.getOrDefault(name, new Inferred.Unknown());
        }
    }

    private TypeCheck(Model model) {
        this.model = model;
        model.functions().forEach(function -> functions.putIfAbsent(function.id(), function));
    }

    static List<Finding> check(Model model) {
        TypeCheck check = new TypeCheck(model);
        check.graph(model.graph());
        return check.findings;
    }

    /** Types of the graph's own values as far as they are known. */
    static Map<String, TensorType> types(Model model) {
        Map<String, TensorType> types = new HashMap<>();
        new TypeCheck(model).graph(model.graph()).forEach((name, value) -> {
            if (value instanceof Inferred.Known known) {
                types.put(name, known.typed().type());
            }
        });
        return types;
    }

    /** For instance {@code MatMul at layers.0.attention.wq.q/MatMul}. */
    static String place(Node node) {
        return node.opType() + " at " + name(node);
    }

    private static String name(Node node) {
        return node.name().isEmpty() ? String.join(", ", node.outputs()) : node.name();
    }

    private Map<String, Inferred> graph(Graph graph) {
        if (!typesStandardOps()) {
            findings.add(Finding.warning(
                    "model: types are checked for opset " + GraphBuilder.MIN_OPSET + " to " + GraphBuilder.MAX_OPSET
                            + ", the model imports " + model.opsets().getOrDefault("", 0)));
        }
        StatedTypes stated = StatedTypes.of(graph);
        Map<String, Inferred> values = new HashMap<>();
        graph.inputs().forEach(input -> values.put(input.name(), new Inferred.Known(new Typed(input.type()))));
        graph.initializers().forEach(weight -> values.put(weight.name(), new Inferred.Known(typed(weight))));
        Frame frame = new Frame("", 0, Collections.emptySortedMap(), values);
        for (Node node : graph.nodes()) {
            put(frame, node, outputs(node, frame));
            node.outputs().forEach(output -> values.computeIfPresent(output, stated::orStated));
        }
        findings.addAll(stated.compare(values));
        return values;
    }

    private static Typed typed(Initializer weight) {
        return weight.data() instanceof Literal literal
                ? Typed.of(literal)
                : new Typed(weight.data().type());
    }

    private boolean typesStandardOps() {
        int opset = model.opsets().getOrDefault("", 0);
        return opset >= GraphBuilder.MIN_OPSET && opset <= GraphBuilder.MAX_OPSET;
    }

    private static void put(Frame frame, Node node, List<Inferred> outputs) {
        for (int i = 0; i < node.outputs().size(); i++) {
            frame.values().put(node.outputs().get(i), i < outputs.size() ? outputs.get(i) : new Inferred.Unknown());
        }
    }

    private List<Inferred> outputs(Node node, Frame frame) {
        List<Inferred> inputs = node.inputs().stream().map(frame::value).toList();
        if (inputs.stream().anyMatch(Inferred.Unknown.class::isInstance)) {
            return List.of();
        }
        try {
            return called(node, frame, inputs);
        } catch (GraphException e) {
            findings.add(Finding.error(frame.where() + e.getMessage()));
        } catch (ArithmeticException e) {
            findings.add(Finding.error(frame.where() + place(node) + ": its numbers are too large"));
        }
        return List.of();
    }

    private List<Inferred> called(Node node, Frame frame, List<Inferred> inputs) {
        Optional<OpDefinition> standard = node.domain().isEmpty() ? StandardOps.find(node.opType()) : Optional.empty();
        Optional<OpDefinition> contributed = ContribOps.find(node.domain(), node.opType());
        CustomOps.find(node.domain(), node.opType())
                .ifPresent(schema -> call(node, frame, inputs, schema).checkSignature());
        Function function = functions.get(node.functionId());
        if (function != null) {
            return invoked(node, frame, inputs, function);
        }
        if (contributed.isPresent()) {
            return inferred(node, frame, inputs, contributed.get());
        }
        if (standard.isPresent() && typesStandardOps()) {
            return inferred(node, frame, inputs, standard.get());
        }
        if (!node.domain().isEmpty() || typesStandardOps()) {
            findings.add(Finding.warning(frame.where() + place(node) + ": the operator " + node.functionId()
                    + " is not known here, types after it are taken as stated"));
        }
        return List.of();
    }

    private static Call call(Node node, Frame frame, List<Inferred> inputs, OpSchema schema) {
        List<Optional<Typed>> types = inputs.stream()
                .map(input ->
                        input instanceof Inferred.Known known ? Optional.of(known.typed()) : Optional.<Typed>empty())
                .toList();
        SortedMap<String, Attribute> attributes = Call.resolve(node.attributes(), frame.arguments());
        return new Call(schema, name(node), types, node.outputs().size(), attributes);
    }

    private List<Inferred> inferred(Node node, Frame frame, List<Inferred> inputs, OpDefinition op) {
        Optional<String> foreign = node.attributes().keySet().stream()
                .filter(name -> op.schema().attribute(name).isEmpty())
                .findFirst();
        if (foreign.isPresent()) {
            findings.add(Finding.warning(frame.where() + place(node) + ": attribute " + foreign.get()
                    + " is not known here, types after it are taken as stated"));
            return List.of();
        }
        int opset = model.opsets().getOrDefault("", 0);
        Call call = call(node, frame, inputs, op.schema());
        if (node.domain().isEmpty() && op.schema().sinceVersion() > opset) {
            throw call.refused(
                    "exists since opset " + op.schema().sinceVersion() + ", the model is written for " + opset);
        }
        call.checkSignature();
        List<Inferred> outputs = new ArrayList<>();
        for (Typed typed : op.rule().infer(call)) {
            if (typed.type().shape().dims().stream().anyMatch(dim -> dim.isFixed() && dim.constant() < 0)) {
                throw call.refused("would give " + typed.type());
            }
            outputs.add(new Inferred.Known(typed));
        }
        return outputs;
    }

    private List<Inferred> invoked(Node node, Frame frame, List<Inferred> inputs, Function function) {
        SortedMap<String, Attribute> arguments = Call.resolve(node.attributes(), frame.arguments());
        Invocation invocation =
                new Invocation(function.id(), inputs, node.outputs().size(), arguments);
        List<Inferred> known = invocations.get(invocation);
        if (known != null) {
            return known;
        }
        requireFits(node, function);
        if (frame.depth() == MAX_DEPTH) {
            throw new GraphException(place(node) + ": functions call each other more than " + MAX_DEPTH + " deep");
        }
        Map<String, Inferred> values = new HashMap<>();
        for (int i = 0; i < function.inputs().size(); i++) {
            values.put(function.inputs().get(i), i < inputs.size() ? inputs.get(i) : new Inferred.Absent());
        }
        Frame body = new Frame(frame.where() + place(node) + ": ", frame.depth() + 1, arguments, values);
        function.nodes().forEach(inner -> put(body, inner, outputs(inner, body)));
        List<Inferred> outputs = function.outputs().stream()
                .limit(node.outputs().size())
                .map(body::value)
                .toList();
        invocations.put(invocation, outputs);
        return outputs;
    }

    private static void requireFits(Node node, Function function) {
        if (node.inputs().size() > function.inputs().size()
                || node.outputs().size() > function.outputs().size()) {
            throw new GraphException(place(node) + ": the function has "
                    + function.inputs().size() + " inputs and "
                    + function.outputs().size() + " outputs, got "
                    + node.inputs().size() + " and " + node.outputs().size());
        }
        for (String attribute : node.attributes().keySet()) {
            if (!function.attributes().contains(attribute)) {
                throw new GraphException(
                        place(node) + ": unknown attribute '" + attribute + "', declared: " + function.attributes());
            }
        }
    }
}

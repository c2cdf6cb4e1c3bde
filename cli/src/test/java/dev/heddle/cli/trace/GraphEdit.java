package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Breaks a model on purpose. Nodes are named by their first output. */
final class GraphEdit {

    private final Model model;
    private final List<Node> nodes;
    private final List<Initializer> weights;

    private GraphEdit(Model model) {
        this.model = model;
        this.nodes = new ArrayList<>(model.graph().nodes());
        this.weights = new ArrayList<>(model.graph().initializers());
    }

    static GraphEdit of(Model model) {
        return new GraphEdit(model);
    }

    /** Another operator that makes the same value. */
    GraphEdit replace(String output, String opType, Map<String, Attribute> attributes, String... inputs) {
        Node old = node(output);
        nodes.set(nodes.indexOf(old), made(opType, old.outputs(), attributes, inputs));
        return this;
    }

    GraphEdit add(String output, String opType, Map<String, Attribute> attributes, String... inputs) {
        nodes.add(made(opType, List.of(output), attributes, inputs));
        return this;
    }

    private static Node made(String opType, List<String> outputs, Map<String, Attribute> attributes, String... inputs) {
        return new Node(
                outputs.get(0) + "/" + opType, "", opType, "", List.of(inputs), outputs, new TreeMap<>(attributes), "");
    }

    /** One input of a node becomes another value. */
    GraphEdit reroute(String output, int input, String value) {
        Node old = node(output);
        List<String> inputs = new ArrayList<>(old.inputs());
        inputs.set(input, value);
        nodes.set(
                nodes.indexOf(old),
                new Node(
                        old.name(),
                        old.domain(),
                        old.opType(),
                        old.overload(),
                        inputs,
                        old.outputs(),
                        old.attributes(),
                        old.doc()));
        return this;
    }

    GraphEdit attribute(String output, String name, Attribute value) {
        Node old = node(output);
        Map<String, Attribute> attributes = new TreeMap<>(old.attributes());
        attributes.put(name, value);
        return replace(output, old.opType(), attributes, old.inputs().toArray(new String[0]));
    }

    /** Every node that reads one value reads another. */
    GraphEdit rerouteAll(String from, String to) {
        for (Node node : List.copyOf(nodes)) {
            for (int i = 0; i < node.inputs().size(); i++) {
                if (node.inputs().get(i).equals(from)) {
                    reroute(node.outputs().get(0), i, to);
                }
            }
        }
        return this;
    }

    GraphEdit constant(String name, Literal value) {
        weights.add(new Initializer(name, value));
        return this;
    }

    /** Changes the numbers of a float32 weight. */
    GraphEdit weight(String name, UnaryOperator<float[]> change) {
        Initializer weight = weight(name);
        weights.set(weights.indexOf(weight), changed(weight, change));
        return this;
    }

    private Initializer weight(String name) {
        return weights.stream()
                .filter(weight -> weight.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no weight " + name));
    }

    private static Initializer changed(Initializer weight, UnaryOperator<float[]> change) {
        Literal old = Literal.of(weight.data().type(), ByteBuffer.wrap(bytes(weight)));
        float[] values = new float[old.values().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = old.values().get(i).floatValue();
        }
        List<Number> numbers = new ArrayList<>();
        for (float value : change.apply(values)) {
            numbers.add(value);
        }
        return new Initializer(weight.name(), new Literal(old.type(), numbers));
    }

    /** Changes the bytes of a weight of any type. */
    GraphEdit bytes(String name, UnaryOperator<byte[]> change) {
        Initializer weight = weight(name);
        weights.set(
                weights.indexOf(weight),
                new Initializer(name, new Bytes(weight.data().type(), change.apply(bytes(weight)))));
        return this;
    }

    private static byte[] bytes(Initializer weight) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            weight.data().writeTo(Channels.newChannel(bytes));
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Bytes(TensorType type, byte[] bytes) implements TensorData {
        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            out.write(ByteBuffer.wrap(bytes));
        }
    }

    private Node node(String output) {
        return nodes.stream()
                .filter(node -> node.outputs().contains(output))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nothing makes " + output));
    }

    Model done() {
        Graph graph = model.graph();
        return model.withGraph(new Graph(graph.name(), graph.inputs(), graph.outputs(), weights, sorted(), List.of()));
    }

    /** In an order in which they can run; nodes whose inputs nothing makes any more keep their place. */
    private List<Node> sorted() {
        Set<String> open = new HashSet<>();
        nodes.forEach(node -> open.addAll(node.outputs()));
        List<Node> rest = new ArrayList<>(nodes);
        List<Node> sorted = new ArrayList<>();
        while (!rest.isEmpty()) {
            Node next = rest.stream()
                    .filter(node -> node.inputs().stream().noneMatch(open::contains))
                    .findFirst()
                    .orElseThrow();
            rest.remove(next);
            sorted.add(next);
            next.outputs().forEach(open::remove);
        }
        return sorted;
    }
}

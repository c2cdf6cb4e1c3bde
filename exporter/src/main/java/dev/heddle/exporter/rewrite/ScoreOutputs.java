package dev.heddle.exporter.rewrite;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes the scores of ONNX's own {@code Attention} a value of the graph: its optional output. */
public final class ScoreOutputs {

    /** Value of the attribute {@value #MODE}: what the values are multiplied by. */
    public static final int AFTER_SOFTMAX = 3;

    private static final String MODE = "qk_matmul_output_mode";

    /** Number of the output, behind present keys and values. */
    private static final int OUTPUT = 3;

    private ScoreOutputs() {}

    /** The model with the scores of each {@code Attention} of its graph as a value {@code x_scores}, {@code x} being its result. */
    public static Model shown(Model model) {
        Graph graph = model.graph();
        Set<String> taken = new HashSet<>();
        graph.inputs().forEach(input -> taken.add(input.name()));
        graph.initializers().forEach(weight -> taken.add(weight.name()));
        graph.nodes().forEach(node -> taken.addAll(node.outputs()));
        List<Node> nodes = graph.nodes().stream()
                .map(node -> isAttention(node) && of(node).isEmpty() ? withScores(node, taken) : node)
                .toList();
        return model.withGraph(
                new Graph(graph.name(), graph.inputs(), graph.outputs(), graph.initializers(), nodes, graph.values()));
    }

    /** Name of the scores that the node gives. */
    public static Optional<String> of(Node node) {
        return isAttention(node) && node.outputs().size() > OUTPUT
                ? Optional.of(node.outputs().get(OUTPUT))
                : Optional.empty();
    }

    private static boolean isAttention(Node node) {
        return node.domain().isEmpty() && node.opType().equals("Attention");
    }

    private static Node withScores(Node node, Set<String> taken) {
        List<String> outputs = new ArrayList<>(node.outputs());
        while (outputs.size() < OUTPUT) {
            outputs.add("");
        }
        String name = node.outputs().get(0) + "_scores";
        while (!taken.add(name)) {
            name += "_";
        }
        outputs.add(name);
        return node.withOutputs(outputs).withAttribute(MODE, new Attribute.Int(AFTER_SOFTMAX));
    }
}

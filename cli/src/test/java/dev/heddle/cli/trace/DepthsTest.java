package dev.heddle.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionId;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import dev.heddle.runtime.parity.Depth;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class DepthsTest {

    private static Node node(String domain, String type, String output, String... inputs) {
        return new Node(output + "/" + type, domain, type, "", List.of(inputs), List.of(output), new TreeMap<>(), "");
    }

    private static Model model(List<Function> functions, Node... nodes) {
        Graph graph = new Graph("test", List.of(), List.of(), List.of(), List.of(nodes), List.of());
        return new Model(graph, functions, new TreeMap<>(), 10, "", "", new TreeMap<>());
    }

    @Test
    void longestWay_counts() {
        Depths depths = new Depths(
                model(List.of(), node("", "Neg", "a", "x"), node("", "Neg", "b", "a"), node("", "Mul", "c", "x", "b")),
                Map.of());

        assertThat(depths.of("a")).isEqualTo(Depth.nodes(1));
        assertThat(depths.of("c")).isEqualTo(Depth.nodes(3));
        assertThat(depths.alone(node("", "Mul", "c", "x", "b"))).isEqualTo(Depth.nodes(2));
    }

    @Test
    void call_countsAsItsBody() {
        var body = new Function(
                new FunctionId("ours", "Twice", ""),
                List.of("in"),
                List.of("out"),
                List.of(),
                List.of(node("", "Neg", "middle", "in"), node("", "Neg", "out", "middle")),
                "");

        Depths depths =
                new Depths(model(List.of(body), node("", "Neg", "a", "x"), node("ours", "Twice", "b", "a")), Map.of());

        assertThat(depths.of("b")).isEqualTo(Depth.nodes(3));
    }

    @Test
    void softmaxOfLargeScores_enlargesTheirError() {
        Depths depths = new Depths(
                model(List.of(), node("", "Softmax", "flat", "small"), node("", "Softmax", "sharp", "large")),
                Map.of("small", 0.5, "large", 30.0));

        assertThat(depths.of("flat")).isEqualTo(Depth.nodes(1));
        assertThat(depths.of("sharp")).isEqualTo(new Depth(1, 101));
    }

    @Test
    void sumWhoseTermsCancel_enlargesTheirError() {
        Depths depths = new Depths(
                model(List.of(), node("", "Sub", "near", "a", "b"), node("", "Add", "far", "a", "b")),
                Map.of("a", 3000.0, "b", 3000.0, "near", 10.0, "far", 6000.0));

        assertThat(depths.of("near")).isEqualTo(new Depth(1, 10_001));
        assertThat(depths.of("far")).isEqualTo(Depth.nodes(1));
    }
}

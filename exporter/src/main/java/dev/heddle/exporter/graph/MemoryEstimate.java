package dev.heddle.exporter.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Bytes that a run of a graph needs, from the shapes that it states.
 *
 * @param weights of all constants
 * @param inputs of all inputs
 * @param outputs of each output by name, of those whose shape is known
 * @param peak of the values that are needed at the same time, outputs among them, if nodes run in their order and each value goes when its last reader is done; what
 *     nodes need inside is not in it
 * @param unknown how many values have no shape that could be computed
 */
public record MemoryEstimate(long weights, long inputs, Map<String, Long> outputs, long peak, int unknown) {

    public MemoryEstimate {
        outputs = Map.copyOf(outputs);
    }

    /**
     * @param lengths of the symbols in shapes
     * @throws ArithmeticException if a number of bytes is more than a long can say
     */
    public static MemoryEstimate of(Graph graph, DimValues lengths) {
        Map<String, OptionalLong> bytes = new HashMap<>();
        for (List<NamedType> values : List.of(graph.inputs(), graph.values(), graph.outputs())) {
            values.forEach(value -> bytes.put(value.name(), bytes(value.type(), lengths)));
        }
        Map<String, Long> outputs = new HashMap<>();
        graph.outputs()
                .forEach(value -> bytes(value.type(), lengths).ifPresent(known -> outputs.put(value.name(), known)));
        long inputs = graph.inputs().stream()
                .mapToLong(value -> bytes(value.type(), lengths).orElse(0))
                .reduce(0, Math::addExact);
        long weights = graph.initializers().stream()
                .mapToLong(weight -> weight.data().byteCount())
                .sum();
        Walk walk = new Walk(graph, bytes);
        walk.run();
        return new MemoryEstimate(weights, inputs, outputs, walk.peak, walk.unknown);
    }

    private static OptionalLong bytes(TensorType type, DimValues lengths) {
        OptionalLong elements = lengths.of(type.shape());
        return elements.isEmpty()
                ? elements
                : OptionalLong.of(
                        Math.multiplyExact(elements.getAsLong(), type.dtype().bytes()));
    }

    /** The nodes in their order. */
    private static final class Walk {
        private final Graph graph;
        private final Map<String, OptionalLong> bytes;
        private final Map<String, Integer> lastReader = new HashMap<>();
        private long peak;
        private int unknown;

        Walk(Graph graph, Map<String, OptionalLong> bytes) {
            this.graph = graph;
            this.bytes = bytes;
            for (int index = 0; index < graph.nodes().size(); index++) {
                for (String input : graph.nodes().get(index).inputs()) {
                    lastReader.put(input, index);
                }
            }
            graph.outputs().forEach(output -> lastReader.put(output.name(), Integer.MAX_VALUE));
        }

        void run() {
            long live = 0;
            Set<String> made = new HashSet<>();
            for (int index = 0; index < graph.nodes().size(); index++) {
                Node node = graph.nodes().get(index);
                for (String output : node.outputs()) {
                    if (!output.isEmpty() && made.add(output)) {
                        live = Math.addExact(live, size(output));
                    }
                }
                peak = Math.max(peak, live);
                Set<String> done = new HashSet<>(node.inputs());
                done.addAll(node.outputs());
                for (String value : done) {
                    if (made.contains(value) && lastReader.getOrDefault(value, index) == index) {
                        live -= bytes.getOrDefault(value, OptionalLong.empty()).orElse(0);
                    }
                }
            }
        }

        private long size(String value) {
            OptionalLong known = bytes.getOrDefault(value, OptionalLong.empty());
            unknown += known.isPresent() ? 0 : 1;
            return known.orElse(0);
        }
    }
}

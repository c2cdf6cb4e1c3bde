package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Node;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The tensors that a node reads as a matrix in blocks of few bits: value = (code - zero point) * scale.
 *
 * @param zeroPoints none or one; without it zero is the middle of the codes, or 0 of signed ones
 * @param block elements of a block
 * @param rowsPadded whether the zero points of each row, and the last block of a row, fill whole bytes and blocks
 */
record BlockTensors(
        Initializer codes,
        Initializer scales,
        List<Initializer> zeroPoints,
        int bits,
        int block,
        boolean signed,
        boolean rowsPadded) {

    private static final String ORT = "com.microsoft";

    /** Those that the nodes of a graph read, each once. */
    static Set<BlockTensors> of(Graph graph) {
        var finder = new Finder(graph);
        Set<BlockTensors> found = new LinkedHashSet<>();
        graph.nodes().forEach(node -> finder.find(node).forEach(found::add));
        return found;
    }

    /** Scales and zero points. */
    List<Initializer> readWithCodes() {
        return Stream.concat(Stream.of(scales), zeroPoints.stream()).toList();
    }

    Stream<String> names() {
        return Stream.concat(Stream.of(codes), readWithCodes().stream()).map(Initializer::name);
    }

    /** Finds what a node reads, also through nodes that only give it another form. */
    private static final class Finder {
        private static final Set<String> FORMS = Set.of("Cast", "Reshape", "Identity");

        private final Map<String, Initializer> weights = new HashMap<>();
        private final Map<String, Node> makers = new HashMap<>();

        Finder(Graph graph) {
            graph.initializers().forEach(weight -> weights.put(weight.name(), weight));
            graph.nodes().forEach(node -> node.outputs().forEach(value -> makers.put(value, node)));
        }

        Stream<BlockTensors> find(Node node) {
            boolean contributed = node.domain().equals(ORT);
            if (contributed && node.opType().equals("MatMulNBits")) {
                return tensors(node, 1, 2, 3);
            }
            if (contributed && node.opType().equals("GatherBlockQuantized")) {
                return tensors(node, 0, 2, 3);
            }
            boolean blocks = node.opType().equals("DequantizeLinear") && integer(node, "block_size", 0) > 0;
            return blocks && integer(node, "axis", 1) == 1 ? tensors(node, 0, 1, 2) : Stream.empty();
        }

        private Stream<BlockTensors> tensors(Node node, int codes, int scales, int zeroPoints) {
            List<Initializer> found = weight(node, codes)
                    .flatMap(of -> weight(node, scales).map(by -> List.of(of, by)))
                    .findFirst()
                    .orElse(List.of());
            if (found.isEmpty()) {
                return Stream.empty();
            }
            boolean bytes = node.domain().equals(ORT);
            DType type = found.get(0).data().type().dtype();
            return Stream.of(new BlockTensors(
                    found.get(0),
                    found.get(1),
                    weight(node, zeroPoints).toList(),
                    bytes ? integer(node, "bits", 4) : type.bits(),
                    integer(node, "block_size", 0),
                    type == DType.INT4 || type == DType.INT8,
                    bytes));
        }

        private Stream<Initializer> weight(Node node, int input) {
            if (node.inputs().size() <= input) {
                return Stream.empty();
            }
            String value = node.inputs().get(input);
            Node maker = makers.get(value);
            while (maker != null && FORMS.contains(maker.opType())) {
                value = maker.inputs().get(0);
                maker = makers.get(value);
            }
            return Stream.ofNullable(weights.get(value));
        }

        private static int integer(Node node, String name, int standard) {
            return node.attributes().get(name) instanceof Attribute.Int value ? (int) value.value() : standard;
        }
    }
}

package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.OpDefinition;
import dev.heddle.exporter.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Calls of operators on weights in blocks of few bits, in one scope. */
public final class BlockOps {

    private static final long LEVEL_OF_INT8 = 4;

    private final ComputeTypes computed;

    public BlockOps(GraphScope scope) {
        this.computed = new ComputeTypes(scope);
    }

    /**
     * A matrix [rows, columns] in blocks along its rows.
     *
     * @param scales [rows, blocks]
     * @param zeroPoints {@link Value#ABSENT} = the middle of the codes, or 0 for signed ones
     * @param bits of a code
     * @param block elements of a block
     */
    public record Matrix(Value codes, Value scales, Value zeroPoints, int bits, int block) {}

    /** x [.., columns] times the transpose of the matrix; codes in bytes. */
    public Value matMulTransposed(String role, Value x, Matrix matrix, long rows, Activations activations) {
        Map<String, Attribute> attributes = new TreeMap<>(Map.of(
                "K", integer(x.shape().dim(-1).constant()),
                "N", integer(rows),
                "bits", integer(matrix.bits()),
                "block_size", integer(matrix.block())));
        if (activations == Activations.INT8) {
            attributes.put("accuracy_level", integer(LEVEL_OF_INT8));
        }
        return node(
                ContribOps.MAT_MUL_N_BITS, role, attributes, x, matrix.codes(), matrix.scales(), matrix.zeroPoints());
    }

    /** Whether the node multiplies with {@link Activations#INT8}. */
    public static boolean roundsActivations(Node node) {
        return node.domain().equals(ContribOps.DOMAIN)
                && node.opType().equals("MatMulNBits")
                && integer(LEVEL_OF_INT8).equals(node.attributes().get("accuracy_level"));
    }

    /** The rows that are asked for; codes in bytes, two axes. */
    public Value gather(String role, Matrix matrix, Value indices) {
        Map<String, Attribute> attributes = Map.of(
                "bits", integer(matrix.bits()),
                "block_size", integer(matrix.block()),
                "gather_axis", integer(0),
                "quantize_axis", integer(1));
        return node(
                ContribOps.GATHER_BLOCK_QUANTIZED,
                role,
                attributes,
                matrix.codes(),
                indices,
                matrix.scales(),
                matrix.zeroPoints());
    }

    /** Opset 21; the whole matrix in numbers of the scales' type; codes in integers. */
    public Value dequantized(String role, Matrix matrix) {
        Map<String, Attribute> attributes = Map.of("axis", integer(1), "block_size", integer(matrix.block()));
        return node(
                StandardOps.get("DequantizeLinear"),
                role,
                attributes,
                matrix.codes(),
                matrix.scales(),
                matrix.zeroPoints());
    }

    private Value node(OpDefinition op, String role, Map<String, Attribute> attributes, Value... inputs) {
        return computed.nodes(op, List.of(role), List.of(inputs), attributes).get(0);
    }

    private static Attribute integer(long value) {
        return new Attribute.Int(value);
    }
}

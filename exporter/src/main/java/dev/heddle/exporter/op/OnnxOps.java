package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Calls of ONNX's operators in one scope. The first argument is always the role that names the result.
 *
 * <p>Every method throws {@link dev.heddle.exporter.graph.GraphException} if the inputs do not fit.
 */
public final class OnnxOps {

    private final GraphScope scope;
    private final ComputeTypes computed;

    public OnnxOps(GraphScope scope) {
        this.scope = scope;
        this.computed = new ComputeTypes(scope);
    }

    public GraphScope scope() {
        return scope;
    }

    public Value add(String role, Value a, Value b) {
        return call("Add", role, a, b);
    }

    public Value sub(String role, Value a, Value b) {
        return call("Sub", role, a, b);
    }

    public Value mul(String role, Value a, Value b) {
        return call("Mul", role, a, b);
    }

    public Value div(String role, Value a, Value b) {
        return call("Div", role, a, b);
    }

    public Value neg(String role, Value x) {
        return call("Neg", role, x);
    }

    public Value sqrt(String role, Value x) {
        return call("Sqrt", role, x);
    }

    public Value exp(String role, Value x) {
        return call("Exp", role, x);
    }

    public Value sigmoid(String role, Value x) {
        return call("Sigmoid", role, x);
    }

    public Value cos(String role, Value x) {
        return call("Cos", role, x);
    }

    public Value sin(String role, Value x) {
        return call("Sin", role, x);
    }

    public Value and(String role, Value a, Value b) {
        return call("And", role, a, b);
    }

    public Value lessOrEqual(String role, Value a, Value b) {
        return call("LessOrEqual", role, a, b);
    }

    public Value greater(String role, Value a, Value b) {
        return call("Greater", role, a, b);
    }

    public Value where(String role, Value condition, Value then, Value otherwise) {
        return call("Where", role, condition, then, otherwise);
    }

    /** The value itself if it has the type already. */
    public Value cast(String role, Value x, DType to) {
        return x.dtype() == to ? x : call("Cast", role, Map.of("to", integer(to.onnxNumber())), x);
    }

    public Value softmaxLast(String role, Value x) {
        return call("Softmax", role, Map.of("axis", integer(-1)), x);
    }

    public Value matMul(String role, Value a, Value b) {
        return call("MatMul", role, a, b);
    }

    /** a b^T for matrices. */
    public Value matMulTransposed(String role, Value a, Value b) {
        return call("Gemm", role, Map.of("transB", integer(1)), a, b);
    }

    /**
     * Depth-wise where {@code group} is the number of channels.
     *
     * @param pads zero rows above, columns left, rows below, columns right
     */
    public Value conv(String role, Value x, Value weight, Attribute group, List<Long> pads) {
        return call("Conv", role, Map.of("group", group, "pads", new Attribute.Ints(pads)), x, weight);
    }

    /** Mean over the last axis, kept with length 1. */
    public Value meanLast(String role, Value x) {
        return call("ReduceMean", role, Map.of("keepdims", integer(1)), x, integers(-1));
    }

    /** Sum over one axis, kept with length 1. */
    public Value sum(String role, Value x, int axis) {
        return call("ReduceSum", role, Map.of("keepdims", integer(1)), x, integers(axis));
    }

    /** Maximum over one axis, kept with length 1. */
    public Value max(String role, Value x, int axis) {
        return call("ReduceMax", role, Map.of("keepdims", integer(1)), x, integers(axis));
    }

    /** Length of one axis, int64 [1]. */
    public Value length(String role, Value x, int axis) {
        return lengths(role, x, axis, axis + 1);
    }

    /** Lengths of the axes {@code from} to {@code to}, int64 [to - from]. */
    public Value lengths(String role, Value x, int from, int to) {
        return call("Shape", role, Map.of("start", integer(from), "end", integer(to)), x);
    }

    /** To a fixed shape; 0 copies an axis, one -1 takes what is left. */
    public Value reshape(String role, Value x, long... shape) {
        return call("Reshape", role, x, integers(shape));
    }

    /** To a shape computed in the graph; 0 copies an axis, one -1 takes what is left. */
    public Value reshapeTo(String role, Value x, Value shape) {
        return call("Reshape", role, x, shape);
    }

    public Value transpose(String role, Value x, long... order) {
        List<Long> axes = Arrays.stream(order).boxed().toList();
        return call("Transpose", role, Map.of("perm", new Attribute.Ints(axes)), x);
    }

    public Value concat(String role, int axis, Value... parts) {
        return call("Concat", role, Map.of("axis", integer(axis)), parts);
    }

    /** Equal parts along one axis, one for each role. */
    public List<Value> split(Value x, int axis, String... roles) {
        Map<String, Attribute> attributes = Map.of("axis", integer(axis), "num_outputs", integer(roles.length));
        return computed.nodes(StandardOps.get("Split"), List.of(roles), List.of(x), attributes);
    }

    public Value unsqueeze(String role, Value x, long... axes) {
        return call("Unsqueeze", role, x, integers(axes));
    }

    public Value squeeze(String role, Value x, long... axes) {
        return call("Squeeze", role, x, integers(axes));
    }

    public Value expand(String role, Value x, Value shape) {
        return call("Expand", role, x, shape);
    }

    /** 0, 1, ..., limit - 1 for a limit of shape [1]. */
    public Value range(String role, Value limit) {
        Value scalar = squeeze(role + "_limit", limit, 0);
        return call("Range", role, integerScalar(0), scalar, integerScalar(1));
    }

    /** Zeros before the elements of one axis. */
    public Value padFront(String role, Value x, int axis, int count) {
        long[] pads = new long[2 * x.shape().rank()];
        pads[axis] = count;
        return call("Pad", role, x, integers(pads));
    }

    /** Elements {@code from} to {@code to} of one axis; bounds are int64 [1]. */
    public Value slice(String role, Value x, int axis, Value from, Value to) {
        return call("Slice", role, x, from, to, integers(axis));
    }

    /** Elements {@code from} to {@code to} of one axis. */
    public Value slice(String role, Value x, int axis, long from, long to) {
        return slice(role, x, axis, integers(from), integers(to));
    }

    /** The last {@code count} elements of one axis, for a count of shape [1] that is not above its length. */
    public Value last(String role, Value x, int axis, Value count) {
        return slice(role, x, axis, neg(role + "_start", count), integers(Long.MAX_VALUE));
    }

    /** The last {@code count} elements of one axis; all if it is shorter. */
    public Value last(String role, Value x, int axis, long count) {
        return slice(role, x, axis, integers(-count), integers(Long.MAX_VALUE));
    }

    public Value gather(String role, Value data, Value indices, int axis) {
        return call("Gather", role, Map.of("axis", integer(axis)), data, indices);
    }

    public Value gatherElements(String role, Value data, Value indices, int axis) {
        return call("GatherElements", role, Map.of("axis", integer(axis)), data, indices);
    }

    /** Opset 23; statistics in float32. */
    public Value rmsNormalization(String role, Value x, Value scale, float epsilon) {
        Map<String, Attribute> attributes = Map.of(
                "axis", integer(-1),
                "epsilon", new Attribute.Real(epsilon),
                "stash_type", integer(DType.FLOAT32.onnxNumber()));
        return call("RMSNormalization", role, attributes, x, scale);
    }

    /** Opset 23; x [batch, heads, length, size], tables [batch, length, size / 2]. */
    public Value rotaryEmbedding(String role, Value x, Value cos, Value sin, boolean interleaved) {
        return call("RotaryEmbedding", role, Map.of("interleaved", integer(interleaved ? 1 : 0)), x, cos, sin);
    }

    /** Opset 23; with past keys and values also gives present ones; softmax in float32. */
    public List<Value> attention(List<String> roles, List<Value> inputs, float scale) {
        SortedMap<String, Attribute> attributes = new TreeMap<>(Map.of("scale", new Attribute.Real(scale)));
        if (inputs.get(0).dtype() != DType.FLOAT32) {
            attributes.put("softmax_precision", integer(DType.FLOAT32.onnxNumber()));
        }
        return computed.nodes(StandardOps.get("Attention"), roles, inputs, attributes);
    }

    /** An int64 constant of one axis. */
    public Value integers(long... values) {
        return scope.constant(Literal.int64s(values));
    }

    public Value integerScalar(long value) {
        return scope.constant(Literal.int64(value));
    }

    public Value real(float value) {
        return scope.constant(Literal.float32(value));
    }

    private static Attribute integer(long value) {
        return new Attribute.Int(value);
    }

    private Value call(String op, String role, Value... inputs) {
        return call(op, role, Map.of(), inputs);
    }

    private Value call(String op, String role, Map<String, Attribute> attributes, Value... inputs) {
        SortedMap<String, Attribute> sorted = new TreeMap<>(attributes);
        return computed.nodes(StandardOps.get(op), List.of(role), List.of(inputs), sorted)
                .get(0);
    }
}

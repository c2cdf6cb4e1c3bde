package dev.heddle.exporter.interpret;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.op.ContribOps;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/** ONNX's operators that can be interpreted: those that {@link dev.heddle.exporter.op.StandardOps} declares and a few relatives. */
final class Operators {

    private static final Map<String, Function<NodeCall, List<Tensor>>> BY_NAME = new HashMap<>();

    static {
        arithmetic("Add", Double::sum);
        arithmetic("Sub", (a, b) -> a - b);
        arithmetic("Mul", (a, b) -> a * b);
        put("Div", Operators::divided);
        arithmetic("Pow", Math::pow);
        arithmetic("Min", Math::min);
        arithmetic("Max", Math::max);
        comparison("Equal", (a, b) -> a == b ? 1 : 0);
        comparison("Less", (a, b) -> a < b ? 1 : 0);
        comparison("Greater", (a, b) -> a > b ? 1 : 0);
        comparison("LessOrEqual", (a, b) -> a <= b ? 1 : 0);
        comparison("GreaterOrEqual", (a, b) -> a >= b ? 1 : 0);
        comparison("And", (a, b) -> a != 0 && b != 0 ? 1 : 0);
        comparison("Or", (a, b) -> a != 0 || b != 0 ? 1 : 0);
        elementwise("Not", value -> value == 0 ? 1 : 0);
        elementwise("Identity", value -> value);
        elementwise("Neg", value -> -value);
        elementwise("Abs", Math::abs);
        elementwise("Sqrt", Math::sqrt);
        elementwise("Reciprocal", value -> 1 / value);
        elementwise("Exp", Math::exp);
        elementwise("Log", Math::log);
        elementwise("Tanh", Math::tanh);
        elementwise("Relu", value -> Math.max(0, value));
        elementwise("Sigmoid", value -> 1 / (1 + Math.exp(-value)));
        elementwise("Cos", Math::cos);
        elementwise("Sin", Math::sin);
        put("Where", call -> Elementwise.where(call.input(0), call.input(1), call.input(2)));
        put("Cast", call -> Elementwise.cast(call.input(0), call.targetType()));
        put(
                "Expand",
                call -> Elementwise.expand(
                        call.input(0),
                        Arrays.stream(call.input(1).longs())
                                .mapToInt(Math::toIntExact)
                                .toArray()));
        put("Constant", Operators::constant);
        put("Shape", Layout::shape);
        put("Reshape", Layout::reshape);
        put("Transpose", Layout::transpose);
        put("Concat", Layout::concat);
        BY_NAME.put("Split", Layout::split);
        put("Slice", Layout::slice);
        put("Unsqueeze", Layout::unsqueeze);
        put("Squeeze", Layout::squeeze);
        put("Range", Layout::range);
        put("Pad", Layout::pad);
        put("Gather", Layout::gather);
        put("GatherElements", Layout::gatherElements);
        put("MatMul", call -> Products.matMul(call.input(0), call.input(1)));
        put("Gemm", Products::gemm);
        put("DequantizeLinear", BlockWeights::dequantize);
        put("Conv", Products::conv);
        put("ReduceSum", call -> Normalizing.reduce(call, 0, Double::sum, false));
        put("ReduceMean", call -> Normalizing.reduce(call, 0, Double::sum, true));
        put("ReduceMax", call -> Normalizing.reduce(call, Double.NEGATIVE_INFINITY, Math::max, false));
        put("Softmax", Normalizing::softmax);
        put("RMSNormalization", Normalizing::rms);
        put("RotaryEmbedding", Normalizing::rotary);
        BY_NAME.put("Attention", Attending::attention);
    }

    private static final Map<String, Function<NodeCall, List<Tensor>>> CONTRIBUTED = Map.of(
            "MatMulNBits", call -> List.of(BlockWeights.matMul(call)),
            "GatherBlockQuantized", call -> List.of(BlockWeights.gather(call)));

    private Operators() {}

    /** How an operator is computed; empty if it cannot be. */
    static Optional<Function<NodeCall, List<Tensor>>> find(String domain, String name) {
        if (domain.equals(ContribOps.DOMAIN)) {
            return Optional.ofNullable(CONTRIBUTED.get(name));
        }
        return domain.isEmpty() || domain.equals("ai.onnx") ? Optional.ofNullable(BY_NAME.get(name)) : Optional.empty();
    }

    private static void put(String name, Function<NodeCall, Tensor> operator) {
        BY_NAME.put(name, call -> List.of(operator.apply(call)));
    }

    private static void elementwise(String name, DoubleUnaryOperator operator) {
        put(name, call -> call.input(0).map(operator));
    }

    private static void arithmetic(String name, DoubleBinaryOperator operator) {
        put(
                name,
                call -> Elementwise.binary(
                        call.input(0), call.input(1), call.input(0).dtype(), operator));
    }

    private static void comparison(String name, DoubleBinaryOperator operator) {
        put(name, call -> Elementwise.compare(call.input(0), call.input(1), operator));
    }

    /** Integers are cut towards zero. */
    private static Tensor divided(NodeCall call) {
        boolean real = call.input(0).dtype().isFloat();
        return Elementwise.binary(
                call.input(0),
                call.input(1),
                call.input(0).dtype(),
                (a, b) -> real ? a / b : (double) ((long) a / (long) b));
    }

    private static Tensor constant(NodeCall call) {
        for (Attribute value : call.attributes().values()) {
            if (value instanceof Attribute.Tensor literal) {
                return TensorReader.read(literal.value());
            }
            if (value instanceof Attribute.Real number) {
                return new Tensor(DType.FLOAT32, new int[0], new double[] {number.value()});
            }
            if (value instanceof Attribute.Int number) {
                return new Tensor(DType.INT64, new int[0], new double[] {number.value()});
            }
        }
        throw new IllegalArgumentException("Constant without a value: " + call.attributes());
    }
}

package dev.heddle.models.decoder;

import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.BlockOps;
import dev.heddle.exporter.op.ContribOps;
import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.models.weight.BlockFormat;
import dev.heddle.models.weight.BlockLayout;
import dev.heddle.models.weight.BlockPart;
import dev.heddle.models.weight.Weight;
import java.util.function.Function;

/**
 * Emits products with weights in blocks of few bits: ONNX Runtime's own operators where the target knows them, else ONNX's {@code DequantizeLinear} before the
 * plain operator.
 *
 * @param weights makes a weight a value of the graph
 */
record QuantizedModules(GraphScope scope, GraphOptions options, Function<Weight, Value> weights) {

    /** x [.., in] times the transpose of the weight [out, in], in the type of x. */
    Value product(String role, Value x, Weight.Quantized weight) {
        OnnxOps ops = new OnnxOps(scope);
        if (options.target().knows(ContribOps.DOMAIN, "MatMulNBits")) {
            BlockOps.Matrix matrix = matrix(weight, BlockLayout.BYTES);
            Value scales = ops.cast(role + "_scales", matrix.scales(), x.dtype());
            return new BlockOps(scope)
                    .matMulTransposed(
                            role,
                            x,
                            new BlockOps.Matrix(
                                    matrix.codes(), scales, matrix.zeroPoints(), matrix.bits(), matrix.block()),
                            weight.shape().lengths()[0],
                            options.numerics().quantization().activations());
        }
        Value transposed = ops.transpose(role + "_weight_t", dequantized(role, weight), 1, 0);
        return ops.matMul(role, x, ops.cast(role + "_weight", transposed, x.dtype()));
    }

    /** Rows of the weight, in the type of its scales. */
    Value rows(String role, Weight.Quantized weight, Value indices) {
        OnnxOps ops = new OnnxOps(scope);
        if (!options.target().knows(ContribOps.DOMAIN, "GatherBlockQuantized")) {
            return ops.gather(role, dequantized(role, weight), indices, 0);
        }
        BlockOps.Matrix matrix = matrix(weight, BlockLayout.BYTES);
        long bytes = weight.shape().lengths()[1] * weight.format().bits() / Byte.SIZE;
        Value codes =
                ops.reshape(role + "_codes", matrix.codes(), weight.shape().lengths()[0], bytes);
        return new BlockOps(scope)
                .gather(
                        role,
                        new BlockOps.Matrix(codes, matrix.scales(), matrix.zeroPoints(), matrix.bits(), matrix.block()),
                        indices);
    }

    private Value dequantized(String role, Weight.Quantized weight) {
        return new BlockOps(scope).dequantized(role + "_values", matrix(weight, BlockLayout.INTEGERS));
    }

    private BlockOps.Matrix matrix(Weight.Quantized weight, BlockLayout layout) {
        BlockFormat format = weight.format();
        boolean stored = format.zero() == BlockFormat.ZeroPoint.ASYMMETRIC;
        return new BlockOps.Matrix(
                part(weight, BlockPart.CODES, layout),
                part(weight, BlockPart.SCALES, layout),
                stored ? part(weight, BlockPart.ZERO_POINTS, layout) : Value.ABSENT,
                format.bits(),
                format.block());
    }

    private Value part(Weight.Quantized weight, BlockPart part, BlockLayout layout) {
        return weights.apply(new Weight.Part(weight, part, layout));
    }
}

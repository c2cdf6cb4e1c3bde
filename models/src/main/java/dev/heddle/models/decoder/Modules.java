package dev.heddle.models.decoder;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.GraphBuilder;
import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Value;
import dev.heddle.exporter.op.OnnxOps;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightSource;

/** Emits the modules around attention, each under its own path. */
record Modules(GraphBuilder graph, GraphOptions options, WeightSource weights) {

    private static final int FIRST_OPSET_WITH_RMS_NORMALIZATION = 23;

    GraphScope scope(String path) {
        return graph.root().child(path);
    }

    Value weight(Weight weight) {
        return graph.weight(weight.name(), weights.data(weight, options.dtype()));
    }

    /** x W^T + b in the type of x. */
    Value linear(Linear linear, String role, Value x) {
        if (linear.bias() instanceof Bias.Added bias) {
            OnnxOps ops = new OnnxOps(scope(linear.path()));
            Value added = ops.cast(role + "_bias", weight(bias.weight()), x.dtype());
            return ops.add(role, product(linear, role + "_product", x), added);
        }
        return product(linear, role, x);
    }

    /** A plain weight is stored transposed, the layout in which runtimes multiply fastest. */
    private Value product(Linear linear, String role, Value x) {
        if (linear.weight() instanceof Weight.Quantized quantized) {
            return quantized(linear.path()).product(role, x, quantized);
        }
        OnnxOps ops = new OnnxOps(scope(linear.path()));
        Value transposed = weight(new Weight.Transposed(linear.weight()));
        return ops.matMul(role, x, ops.cast(role + "_weight", transposed, x.dtype()));
    }

    /** Rows of a table, in the graph's type. */
    Value rows(String path, String role, Weight table, Value indices) {
        OnnxOps ops = new OnnxOps(scope(path));
        if (table instanceof Weight.Quantized quantized) {
            return ops.cast(role, quantized(path).rows(role + "_wide", quantized, indices), options.dtype());
        }
        return ops.gather(role, weight(table), indices, 0);
    }

    private QuantizedModules quantized(String path) {
        return new QuantizedModules(scope(path), options, this::weight);
    }

    Value rmsNorm(RmsNorm norm, Value x) {
        OnnxOps ops = new OnnxOps(scope(norm.path()));
        boolean scaled = norm.scale() != 1;
        String role = scaled ? "normed" : "out";
        Value result = graph.opset() >= FIRST_OPSET_WITH_RMS_NORMALIZATION
                ? ops.rmsNormalization(role, x, weight(norm.weight()), (float) norm.epsilon())
                : composedRmsNorm(ops, role, norm, x);
        return scaled ? ops.mul("out", result, ops.cast("scale", ops.real((float) norm.scale()), x.dtype())) : result;
    }

    private Value composedRmsNorm(OnnxOps ops, String role, RmsNorm norm, Value x) {
        Value wide = ops.cast("input_f32", x, DType.FLOAT32);
        Value mean = ops.meanLast("mean_square", ops.mul("squares", wide, wide));
        Value root = ops.sqrt("root", ops.add("mean_epsilon", mean, ops.real((float) norm.epsilon())));
        Value unit = ops.cast("unit_cast", ops.div("unit", wide, root), x.dtype());
        return ops.mul(role, unit, weight(norm.weight()));
    }

    Value feedForward(FeedForward feedForward, Value x) {
        OnnxOps ops = new OnnxOps(scope(feedForward.path()));
        Value gate = linear(feedForward.gate(), "out", x);
        Value up = linear(feedForward.up(), "out", x);
        Value silu = ops.mul("silu", gate, ops.sigmoid("sigmoid", gate));
        return linear(feedForward.down(), "out", ops.mul("inner", silu, up));
    }
}

package dev.heddle.exporter.op;

import static dev.heddle.ops.OpSchema.AttributeType.FLOAT;
import static dev.heddle.ops.OpSchema.AttributeType.INT;
import static dev.heddle.ops.OpSchema.AttributeType.INTS;
import static dev.heddle.ops.OpSchema.Presence.OPTIONAL;
import static dev.heddle.ops.OpSchema.Presence.REQUIRED;
import static dev.heddle.ops.OpSchema.Presence.VARIADIC;

import dev.heddle.exporter.graph.ConstantOp;
import dev.heddle.exporter.graph.InferenceRule;
import dev.heddle.exporter.graph.OpDefinition;
import dev.heddle.ops.OpSchema;
import dev.heddle.ops.OpSchema.AttributeType;
import dev.heddle.ops.OpSchema.Parameter;
import dev.heddle.ops.OpSchema.Presence;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * ONNX's operators that graphs use, with the part of their signature that is used. {@code sinceVersion} is the opset version of the newest signature that opset
 * 21 has, or the version that introduced the operator if later.
 */
public final class StandardOps {

    private static final Map<String, OpDefinition> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("Constant", ConstantOp.DEFINITION);
        Stream.of("Add", "Sub", "Mul", "Div").forEach(name -> put(name, 14, "A B", "C", ElementwiseRules::arithmetic));
        Stream.of("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual")
                .forEach(name -> put(name, comparisonVersion(name), "A B", "C", ElementwiseRules::compare));
        Stream.of("And", "Or").forEach(name -> put(name, 7, "A B", "C", ElementwiseRules::logical));
        put("Not", 1, "X", "Y", ElementwiseRules::not);
        put("Where", 16, "condition X Y", "output", ElementwiseRules::where);
        put("Identity", 21, "input", "output", ElementwiseRules::identity);
        put("Neg", 13, "X", "Y", ElementwiseRules::negate);
        Stream.of("Sqrt", "Sigmoid").forEach(name -> put(name, 13, "X", "Y", ElementwiseRules::floating));
        put("Exp", 13, "input", "output", ElementwiseRules::floating);
        Stream.of("Cos", "Sin").forEach(name -> put(name, 7, "input", "output", ElementwiseRules::floating));
        put("Cast", 21, "input", "output", ElementwiseRules::cast, required("to", INT));
        put("Softmax", 13, "input", "output", ElementwiseRules::softmax, optional("axis", INT));
        put("Shape", 21, "data", "shape", ShapeRules::shape, optional("start", INT), optional("end", INT));
        put("Reshape", 21, "data shape", "reshaped", ShapeRules::reshape, optional("allowzero", INT));
        put("Transpose", 21, "data", "transposed", ShapeRules::transpose, optional("perm", INTS));
        put("Concat", 13, "inputs*", "concat_result", ShapeRules::concat, required("axis", INT));
        put(
                "Split",
                18,
                "input split?",
                "outputs*",
                ShapeRules::split,
                optional("axis", INT),
                optional("num_outputs", INT));
        put("Unsqueeze", 21, "data axes", "expanded", ShapeRules::unsqueeze);
        put("Squeeze", 21, "data axes?", "squeezed", ShapeRules::squeeze);
        put("Expand", 13, "input shape", "output", ShapeRules::expand);
        put("Range", 11, "start limit delta", "output", ShapeRules::range);
        put("Pad", 21, "data pads constant_value? axes?", "output", ShapeRules::pad);
        put("Slice", 13, "data starts ends axes? steps?", "output", IndexRules::slice);
        put("Gather", 13, "data indices", "output", IndexRules::gather, optional("axis", INT));
        put("GatherElements", 13, "data indices", "output", IndexRules::gatherElements, optional("axis", INT));
        put("MatMul", 13, "A B", "Y", MatrixRules::matMul);
        put("Gemm", 13, "A B C?", "Y", MatrixRules::gemm, optional("transA", INT), optional("transB", INT));
        put(
                "DequantizeLinear",
                21,
                "x x_scale x_zero_point?",
                "y",
                BlockRules::dequantize,
                optional("axis", INT),
                optional("block_size", INT));
        put("Conv", 11, "X W B?", "Y", MatrixRules::conv, optional("group", INT), optional("pads", INTS));
        Stream.of("ReduceMean", "ReduceSum", "ReduceMax")
                .forEach(name -> put(
                        name,
                        reductionVersion(name),
                        "data axes?",
                        "reduced",
                        MatrixRules::reduce,
                        optional("keepdims", INT)));
        put(
                "RMSNormalization",
                23,
                "X scale",
                "Y",
                MatrixRules::rmsNormalization,
                optional("axis", INT),
                optional("epsilon", FLOAT),
                optional("stash_type", INT));
        put(
                "RotaryEmbedding",
                23,
                "X cos_cache sin_cache position_ids?",
                "Y",
                MatrixRules::rotaryEmbedding,
                optional("interleaved", INT));
        put(
                "Attention",
                23,
                "Q K V attn_mask? past_key? past_value?",
                "Y present_key? present_value? qk_matmul_output?",
                MatrixRules::attention,
                optional("qk_matmul_output_mode", INT),
                optional("scale", FLOAT),
                optional("softmax_precision", INT));
    }

    private StandardOps() {}

    /** The operator of this name; empty if graphs do not use it. */
    public static Optional<OpDefinition> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public static List<OpDefinition> all() {
        return List.copyOf(BY_NAME.values());
    }

    static OpDefinition get(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException("operator " + name + " is not declared"));
    }

    private static int comparisonVersion(String name) {
        return switch (name) {
            case "Equal" -> 19;
            case "Less", "Greater" -> 13;
            default -> 16;
        };
    }

    private static int reductionVersion(String name) {
        return switch (name) {
            case "ReduceSum" -> 13;
            case "ReduceMax" -> 20;
            default -> 18;
        };
    }

    private static void put(
            String name,
            int sinceVersion,
            String inputs,
            String outputs,
            InferenceRule rule,
            OpSchema.Attribute... attributes) {
        OpSchema schema = new OpSchema(
                "", name, sinceVersion, "", parameters(inputs), parameters(outputs), Arrays.asList(attributes));
        BY_NAME.put(name, new OpDefinition(schema, rule));
    }

    /** {@code ?} marks an optional parameter, {@code *} one that repeats. */
    private static List<Parameter> parameters(String names) {
        return Arrays.stream(names.split(" ")).map(StandardOps::parameter).toList();
    }

    private static Parameter parameter(String text) {
        String name = text.replace("?", "").replace("*", "");
        Presence presence = text.endsWith("?") ? OPTIONAL : text.endsWith("*") ? VARIADIC : REQUIRED;
        return new Parameter(name, presence, "");
    }

    private static OpSchema.Attribute required(String name, AttributeType type) {
        return new OpSchema.Attribute(name, type, REQUIRED, "");
    }

    private static OpSchema.Attribute optional(String name, AttributeType type) {
        return new OpSchema.Attribute(name, type, OPTIONAL, "");
    }
}

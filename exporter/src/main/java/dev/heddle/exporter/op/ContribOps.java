package dev.heddle.exporter.op;

import static dev.heddle.ops.OpSchema.AttributeType.INT;
import static dev.heddle.ops.OpSchema.Presence.OPTIONAL;
import static dev.heddle.ops.OpSchema.Presence.REQUIRED;

import dev.heddle.exporter.graph.InferenceRule;
import dev.heddle.exporter.graph.OpDefinition;
import dev.heddle.ops.OpSchema;
import dev.heddle.ops.OpSchema.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Operators of ONNX Runtime's own domain that graphs use, with the part of their signature that is used: docs/ContribOperators.md of microsoft/onnxruntime. */
public final class ContribOps {

    public static final String DOMAIN = "com.microsoft";

    /** In the table of targets: {@code MatMulNBits} where it can round activations to 8 bits. */
    public static final String INT8_ACTIVATIONS = "MatMulNBits:int8";

    static final OpDefinition MAT_MUL_N_BITS = define(
            "MatMulNBits",
            "A B scales zero_points?",
            "Y",
            BlockRules::matMul,
            required("K"),
            required("N"),
            required("bits"),
            required("block_size"),
            optional("accuracy_level"));

    static final OpDefinition GATHER_BLOCK_QUANTIZED = define(
            "GatherBlockQuantized",
            "data indices scales zero_points?",
            "output",
            BlockRules::gather,
            required("bits"),
            required("block_size"),
            required("gather_axis"),
            required("quantize_axis"));

    private ContribOps() {}

    /** The operator of this name; empty if graphs do not use it. */
    public static Optional<OpDefinition> find(String domain, String name) {
        return Stream.of(MAT_MUL_N_BITS, GATHER_BLOCK_QUANTIZED)
                .filter(op -> op.schema().domain().equals(domain)
                        && op.schema().name().equals(name))
                .findFirst();
    }

    private static OpDefinition define(
            String name, String inputs, String output, InferenceRule rule, OpSchema.Attribute... attributes) {
        List<Parameter> parameters = Arrays.stream(inputs.split(" "))
                .map(input -> input.endsWith("?")
                        ? new Parameter(input.substring(0, input.length() - 1), OPTIONAL, "")
                        : new Parameter(input, REQUIRED, ""))
                .toList();
        OpSchema schema = new OpSchema(
                DOMAIN,
                name,
                1,
                "",
                parameters,
                List.of(new Parameter(output, REQUIRED, "")),
                Arrays.asList(attributes));
        return new OpDefinition(schema, rule);
    }

    private static OpSchema.Attribute required(String name) {
        return new OpSchema.Attribute(name, INT, REQUIRED, "");
    }

    private static OpSchema.Attribute optional(String name) {
        return new OpSchema.Attribute(name, INT, OPTIONAL, "");
    }
}

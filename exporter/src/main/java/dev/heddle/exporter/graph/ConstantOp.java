package dev.heddle.exporter.graph;

import static dev.heddle.ops.OpSchema.AttributeType.FLOAT;
import static dev.heddle.ops.OpSchema.AttributeType.INT;
import static dev.heddle.ops.OpSchema.AttributeType.TENSOR;
import static dev.heddle.ops.OpSchema.Presence.OPTIONAL;
import static dev.heddle.ops.OpSchema.Presence.REQUIRED;

import dev.heddle.ops.OpSchema;
import dev.heddle.ops.OpSchema.Parameter;
import java.util.List;

/** ONNX's {@code Constant}: how a function body holds numbers and reads its attributes. */
public final class ConstantOp {

    public static final OpDefinition DEFINITION = new OpDefinition(
            new OpSchema(
                    "",
                    "Constant",
                    21,
                    "",
                    List.of(),
                    List.of(new Parameter("output", REQUIRED, "")),
                    List.of(
                            new OpSchema.Attribute("value", TENSOR, OPTIONAL, ""),
                            new OpSchema.Attribute("value_float", FLOAT, OPTIONAL, ""),
                            new OpSchema.Attribute("value_int", INT, OPTIONAL, ""))),
            ConstantOp::infer);

    private ConstantOp() {}

    private static List<Typed> infer(Call call) {
        if (call.attributes().get("value") instanceof Attribute.Tensor tensor) {
            return List.of(Typed.of(tensor.value()));
        }
        if (call.attributes().get("value_float") instanceof Attribute.Real) {
            return List.of(Typed.of(DType.FLOAT32, Shape.SCALAR));
        }
        if (call.attributes().get("value_int") instanceof Attribute.Int number) {
            return List.of(Typed.of(Literal.int64(number.value())));
        }
        throw call.refused("one of value, value_float and value_int is needed, got none");
    }
}

package dev.heddle.ops;

import java.util.List;
import java.util.Optional;

/**
 * Signature of one operator.
 *
 * @param domain empty for ONNX's own operators
 * @param sinceVersion opset version that introduced this signature
 * @param doc what it computes; empty for ONNX's own operators
 */
public record OpSchema(
        String domain,
        String name,
        int sinceVersion,
        String doc,
        List<Parameter> inputs,
        List<Parameter> outputs,
        List<Attribute> attributes) {

    public OpSchema {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = List.copyOf(attributes);
    }

    /** Whether a parameter must be there. */
    public enum Presence {
        REQUIRED,
        OPTIONAL,
        /** One or more; only as the last. */
        VARIADIC
    }

    /** Kind of an attribute's value. */
    public enum AttributeType {
        INT,
        FLOAT,
        STRING,
        INTS,
        FLOATS,
        TENSOR
    }

    /** @param doc shape and meaning; empty for ONNX's own operators */
    public record Parameter(String name, Presence presence, String doc) {}

    /** @param doc meaning, unit and default; empty for ONNX's own operators */
    public record Attribute(String name, AttributeType type, Presence presence, String doc) {}

    public int minInputs() {
        return min(inputs);
    }

    public int maxInputs() {
        return max(inputs);
    }

    public int minOutputs() {
        return min(outputs);
    }

    public int maxOutputs() {
        return max(outputs);
    }

    public Optional<Attribute> attribute(String attributeName) {
        return attributes.stream()
                .filter(attribute -> attribute.name().equals(attributeName))
                .findFirst();
    }

    private static int min(List<Parameter> parameters) {
        int last = 0;
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).presence() != Presence.OPTIONAL) {
                last = i + 1;
            }
        }
        return last;
    }

    private static int max(List<Parameter> parameters) {
        boolean variadic = parameters.stream().anyMatch(parameter -> parameter.presence() == Presence.VARIADIC);
        return variadic ? Integer.MAX_VALUE : parameters.size();
    }
}

package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.Call;
import dev.heddle.exporter.graph.Contents;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.OpDefinition;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.graph.Typed;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A call of an operator in words, for tables: {@code Rule.of("Concat axis=0", "float[a]", "float[b]")}. Inputs are types, known elements ({@code 3} a scalar,
 * {@code {1,q_len}} one axis) or {@code -} for absent. An attribute with brackets is a list.
 */
record Rule(String op, int outputs, List<String> inputs) {

    static Rule of(String op, String... inputs) {
        return new Rule(op, 1, List.of(inputs));
    }

    Rule withOutputs(int count) {
        return new Rule(op, count, inputs);
    }

    /** The outputs' types, with known elements after them. */
    String infer() {
        List<String> words = List.of(op.split(" "));
        OpDefinition definition = StandardOps.get(words.get(0));
        TreeMap<String, Attribute> attributes = new TreeMap<>();
        words.stream().skip(1).forEach(word -> attributes.put(word.split("=")[0], attribute(word.split("=")[1])));
        List<Optional<Typed>> types = inputs.stream().map(Rule::typed).toList();
        Call call = new Call(definition.schema(), "here", types, outputs, attributes);
        call.checkSignature();
        return definition.rule().infer(call).stream().map(Rule::text).collect(Collectors.joining(" "));
    }

    private static Attribute attribute(String value) {
        if (!value.startsWith("[")) {
            return new Attribute.Int(Long.parseLong(value));
        }
        String numbers = value.substring(1, value.length() - 1);
        return new Attribute.Ints(
                Arrays.stream(numbers.split(",")).map(Long::parseLong).toList());
    }

    private static Optional<Typed> typed(String text) {
        if (text.equals("-")) {
            return Optional.empty();
        }
        if (text.startsWith("{")) {
            List<Dim> elements = dims(text.substring(1, text.length() - 1));
            TensorType type = TensorType.of(DType.INT64, elements.size());
            return Optional.of(new Typed(type, new Contents.Known(elements)));
        }
        int bracket = text.indexOf('[');
        if (bracket < 0) {
            TensorType type = new TensorType(DType.INT64, Shape.SCALAR);
            return Optional.of(new Typed(type, new Contents.Known(List.of(Dim.parse(text)))));
        }
        String dtype = text.substring(0, bracket);
        DType element = Arrays.stream(DType.values())
                .filter(type -> type.onnxName().equals(dtype))
                .findFirst()
                .orElseThrow();
        return Optional.of(Typed.of(element, new Shape(dims(text.substring(bracket + 1, text.length() - 1)))));
    }

    private static List<Dim> dims(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",")).map(Dim::parse).toList();
    }

    private static String text(Typed typed) {
        return typed.contents() instanceof Contents.Known known
                ? typed.type() + "="
                        + known.elements().stream().map(Dim::toString).collect(Collectors.joining(",", "{", "}"))
                : typed.type().toString();
    }

    @Override
    public String toString() {
        return op + inputs;
    }
}

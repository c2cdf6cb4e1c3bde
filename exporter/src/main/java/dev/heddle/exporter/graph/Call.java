package dev.heddle.exporter.graph;

import dev.heddle.ops.OpSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An operator call while its types are inferred: the one view that the builder and the checker share.
 *
 * @param where the node, for messages
 * @param inputs empty = absent
 * @param outputCount number of outputs that are wanted
 * @param attributes references already resolved
 */
public record Call(
        OpSchema schema,
        String where,
        List<Optional<Typed>> inputs,
        int outputCount,
        SortedMap<String, Attribute> attributes) {

    public Call {
        inputs = List.copyOf(inputs);
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /**
     * Checks counts and attributes against the signature.
     *
     * @throws GraphException if they do not fit
     */
    public void checkSignature() {
        int present = 0;
        for (int i = 0; i < inputs.size(); i++) {
            present = inputs.get(i).isPresent() ? i + 1 : present;
        }
        if (present > schema.maxInputs()) {
            throw refused("takes at most " + schema.maxInputs() + " inputs, got " + present);
        }
        for (int i = 0; i < schema.inputs().size(); i++) {
            boolean optional = schema.inputs().get(i).presence() == OpSchema.Presence.OPTIONAL;
            if (!optional && (i >= inputs.size() || inputs.get(i).isEmpty())) {
                throw refused("input " + schema.inputs().get(i).name() + " is missing");
            }
        }
        if (outputCount < schema.minOutputs() || outputCount > schema.maxOutputs()) {
            throw refused("has " + schema.minOutputs() + " to " + schema.maxOutputs() + " outputs, got " + outputCount);
        }
        attributes.forEach(this::checkAttribute);
        for (OpSchema.Attribute attribute : schema.attributes()) {
            if (attribute.presence() == OpSchema.Presence.REQUIRED && !attributes.containsKey(attribute.name())) {
                throw refused("attribute " + attribute.name() + " is missing");
            }
        }
    }

    private void checkAttribute(String name, Attribute value) {
        OpSchema.Attribute declared = schema.attribute(name).orElseThrow(() -> {
            List<String> names =
                    schema.attributes().stream().map(OpSchema.Attribute::name).toList();
            return refused("unknown attribute '" + name + "', declared: " + names);
        });
        if (declared.type() != value.type()) {
            throw refused("attribute " + name + " must be " + declared.type() + ", got " + value.type());
        }
    }

    public GraphException refused(String problem) {
        return new GraphException(schema.name() + " at " + where + ": " + problem);
    }

    public boolean has(int input) {
        return input < inputs.size() && inputs.get(input).isPresent();
    }

    /** An input that the rule requires. */
    public Typed input(int index) {
        if (!has(index)) {
            throw refused("input " + parameter(index) + " is missing");
        }
        return inputs.get(index).get();
    }

    public TensorType type(int index) {
        return input(index).type();
    }

    public Shape shape(int index) {
        return input(index).type().shape();
    }

    public DType dtype(int index) {
        return input(index).type().dtype();
    }

    /** Known elements of an integer input; empty if the graph computes them from data. */
    public Optional<List<Dim>> elements(int index) {
        return input(index).contents() instanceof Contents.Known known
                ? Optional.of(known.elements())
                : Optional.empty();
    }

    /** Elements of an input that must be numbers known when the graph is built, for instance axes. */
    public List<Long> constants(int index) {
        List<Dim> elements =
                elements(index).orElseThrow(() -> refused("input " + parameter(index) + " must be a constant"));
        List<Long> numbers = new ArrayList<>();
        for (Dim element : elements) {
            numbers.add(element.fixed()
                    .orElseThrow(() -> refused("input " + parameter(index) + " must be a constant, got " + element)));
        }
        return numbers;
    }

    private String parameter(int index) {
        return schema.inputs().get(Math.min(index, schema.inputs().size() - 1)).name();
    }

    public long integer(String attribute, long otherwise) {
        return attributes.get(attribute) instanceof Attribute.Int value ? value.value() : otherwise;
    }

    public Optional<List<Long>> integers(String attribute) {
        return attributes.get(attribute) instanceof Attribute.Ints values
                ? Optional.of(values.values())
                : Optional.empty();
    }

    public String text(String attribute, String otherwise) {
        return attributes.get(attribute) instanceof Attribute.Text value ? value.value() : otherwise;
    }

    /** An axis attribute or number, counted from the end if negative, as one from 0. */
    public int axis(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw refused("axis " + axis + " does not exist in rank " + rank);
        }
        return Math.toIntExact(axis < 0 ? axis + rank : axis);
    }

    /** Refuses unless both inputs have the same element type. */
    public void requireSameDType(int first, int second) {
        if (dtype(first) != dtype(second)) {
            throw refused(parameter(first) + " and " + parameter(second) + " must have the same element type, got "
                    + type(first) + " and " + type(second));
        }
    }

    /** The attributes with references replaced by what they refer to, and left out if that is not given. */
    public static SortedMap<String, Attribute> resolve(
            Map<String, Attribute> attributes, Map<String, Attribute> bindings) {
        SortedMap<String, Attribute> resolved = new TreeMap<>();
        attributes.forEach((name, value) -> {
            Attribute actual = value instanceof Attribute.Reference reference ? bindings.get(reference.name()) : value;
            if (actual != null) {
                resolved.put(name, actual);
            }
        });
        return resolved;
    }
}

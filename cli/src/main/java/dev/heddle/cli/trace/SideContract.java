package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Whether two graphs can be given the same inputs. */
public final class SideContract {

    private static final String LOGITS = "logits";

    private SideContract() {}

    /**
     * @param one name of the first side, for messages
     * @param other name of the second side, for messages
     * @throws IllegalArgumentException if they take other inputs, keep their cache in another way or know another number of tokens; both sides are named
     */
    public static void check(String one, Model first, String other, Model second) {
        Map<String, TensorType> inputs = inputs(first);
        Map<String, TensorType> others = inputs(second);
        if (!inputs.keySet().equals(others.keySet())) {
            throw new IllegalArgumentException(one + " takes " + names(inputs) + ", " + other + " takes "
                    + names(others) + "; compare two sides of one form");
        }
        inputs.forEach((name, type) -> {
            TensorType otherType = others.get(name);
            if (otherType != null && !fit(type, otherType)) {
                String what = name.startsWith("past_key_values.") ? "cache contracts differ: " : "";
                throw new IllegalArgumentException(what + one + " takes " + name + " as " + type + ", " + other + " as "
                        + otherType + "; compare two sides of one form");
            }
        });
        checkVocabularies(one, first, other, second);
    }

    /** @throws IllegalArgumentException if both graphs know how many tokens there are, and do not agree */
    public static void checkVocabularies(String one, Model first, String other, Model second) {
        Optional<Long> vocabulary = vocabulary(first);
        Optional<Long> otherVocabulary = vocabulary(second);
        if (vocabulary.isPresent() && otherVocabulary.isPresent() && !vocabulary.equals(otherVocabulary)) {
            throw new IllegalArgumentException(one + " has a vocabulary of " + vocabulary.get() + " tokens, " + other
                    + " one of " + otherVocabulary.get() + "; compare two sides of one model");
        }
    }

    /** Tokens that a model knows: the last axis of its logits; empty if the graph leaves it open. */
    public static Optional<Long> vocabulary(Model model) {
        return model.graph().outputs().stream()
                .filter(output ->
                        output.name().equals(LOGITS) && output.type().shape().rank() > 0)
                .map(output -> output.type().shape().dim(-1).fixed())
                .filter(OptionalLong::isPresent)
                .map(OptionalLong::getAsLong)
                .findFirst();
    }

    private static Map<String, TensorType> inputs(Model model) {
        Map<String, TensorType> inputs = new TreeMap<>();
        for (NamedType input : model.graph().inputs()) {
            inputs.put(input.name(), input.type());
        }
        return inputs;
    }

    private static String names(Map<String, TensorType> inputs) {
        List<String> names = List.copyOf(inputs.keySet());
        int shown = 5;
        String first = String.join(", ", names.subList(0, Math.min(shown, names.size())));
        return names.size() > shown ? first + " and " + (names.size() - shown) + " others" : first;
    }

    /** Floats of any width fit each other; an axis that one side leaves open fits only one that the other leaves open. */
    private static boolean fit(TensorType one, TensorType other) {
        boolean types = one.dtype() == other.dtype()
                || (one.dtype().isFloat() && other.dtype().isFloat());
        if (!types || one.shape().rank() != other.shape().rank()) {
            return false;
        }
        for (int axis = 0; axis < one.shape().rank(); axis++) {
            Dim first = one.shape().dim(axis);
            Dim second = other.shape().dim(axis);
            if (!first.fixed().equals(second.fixed())) {
                return false;
            }
        }
        return true;
    }
}

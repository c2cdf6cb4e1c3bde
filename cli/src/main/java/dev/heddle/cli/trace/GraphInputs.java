package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Values for the inputs of a graph: given ones by name, those that follow from tokens, a fresh cache, and random numbers for other floats.
 *
 * @param where the graph, for messages
 * @param seed of random values
 */
public record GraphInputs(String where, Model model, long seed) {

    private static final String IDS = "input_ids";

    /**
     * Tokens that the graph can be asked about: the rows of the table that they choose from, or the last axis of its logits; empty if neither says.
     */
    public OptionalInt vocabulary() {
        Map<String, Initializer> weights = new HashMap<>();
        model.graph().initializers().forEach(weight -> weights.put(weight.name(), weight));
        OptionalInt rows = model.graph().nodes().stream()
                .filter(node ->
                        node.opType().equals("Gather") && node.inputs().get(1).equals(IDS))
                .map(node -> weights.get(node.inputs().get(0)))
                .filter(weight -> weight != null && weight.data().type().shape().rank() > 0)
                .mapToInt(weight -> Math.toIntExact(weight.data().type().shape().lengths()[0]))
                .findFirst();
        return rows.isPresent()
                ? rows
                : SideContract.vocabulary(model).stream()
                        .mapToInt(Math::toIntExact)
                        .findFirst();
    }

    /** Whether the graph takes tokens. */
    public boolean takesTokens() {
        return model.graph().inputs().stream().anyMatch(input -> input.name().equals(IDS));
    }

    /**
     * @param tokens of fresh sequences; for a graph that takes none, how many and how long they are
     * @param given values by name; these go before all others
     * @throws IllegalArgumentException if the graph has an input that nothing tells, or a given value does not fit
     */
    public Map<String, HostTensor> of(TokenBlock tokens, Map<String, HostTensor> given) {
        Map<String, HostTensor> inputs = new TreeMap<>();
        for (NamedType input : model.graph().inputs()) {
            HostTensor value = given.get(input.name());
            inputs.put(input.name(), value == null ? value(input, tokens) : checked(input, value));
        }
        return inputs;
    }

    private HostTensor checked(NamedType input, HostTensor value) {
        boolean fits = value.dtype().name().equals(input.type().dtype().name())
                && value.rank() == input.type().shape().rank();
        for (int axis = 0; fits && axis < value.rank(); axis++) {
            Dim dim = input.type().shape().dim(axis);
            fits = dim.fixed().isEmpty() || dim.is(value.dim(axis));
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    where + ": input " + input.name() + ": expected " + input.type() + ", got " + value);
        }
        return value;
    }

    private HostTensor value(NamedType input, TokenBlock tokens) {
        return switch (input.name()) {
            case IDS -> tokens.ids();
            case "attention_mask" -> tokens.mask().toTensor();
            case "position_ids" -> tokens.positionIds();
            default -> {
                boolean past = input.name().startsWith("past");
                if (!past && !input.type().dtype().isFloat()) {
                    throw new IllegalArgumentException(where + ": input " + input.name() + ": expected values for "
                            + input.type() + ", got none; give them with --input");
                }
                HostTensor zeros =
                        HostTensor.zeros(DType.valueOf(input.type().dtype().name()), shape(input, past, tokens));
                yield past ? zeros : randomized(input.name(), zeros);
            }
        };
    }

    /** An axis without a fixed length is the batch if it is called so, or as long as the sequences; of a cache it is empty. */
    private long[] shape(NamedType input, boolean past, TokenBlock tokens) {
        long[] shape = new long[input.type().shape().rank()];
        for (int axis = 0; axis < shape.length; axis++) {
            Dim dim = input.type().shape().dim(axis);
            boolean batch = dim.toString().startsWith("batch") || (past && axis == 0);
            long open = batch ? tokens.batch() : past ? 0 : tokens.length();
            shape[axis] = dim.fixed().orElse(open);
        }
        return shape;
    }

    private HostTensor randomized(String name, HostTensor zeros) {
        SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
        double[] values = new double[zeros.elementCount()];
        Arrays.setAll(values, i -> random.nextDouble(-1, 1));
        return HostTensors.narrowed(HostTensor.ofDoubles(values, zeros.shape()), zeros.dtype());
    }
}

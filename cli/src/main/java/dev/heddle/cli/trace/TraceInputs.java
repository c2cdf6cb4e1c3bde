package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.util.Map;
import java.util.TreeMap;

/** What a decoder graph is run on. */
public final class TraceInputs {

    private TraceInputs() {}

    /**
     * Tokens of fresh sequences.
     *
     * @throws IllegalArgumentException if the graph has an input that tokens do not tell
     */
    public static Map<String, HostTensor> fresh(Model model, TokenBlock tokens) {
        Map<String, HostTensor> inputs = new TreeMap<>();
        for (NamedType input : model.graph().inputs()) {
            inputs.put(input.name(), value(input, tokens));
        }
        return inputs;
    }

    private static HostTensor value(NamedType input, TokenBlock tokens) {
        return switch (input.name()) {
            case "input_ids" -> tokens.ids();
            case "attention_mask" -> tokens.mask().toTensor();
            case "position_ids" -> tokens.positionIds();
            default -> {
                if (!input.name().startsWith("past_key_values.")) {
                    throw new IllegalArgumentException("input " + input.name()
                            + ": expected input_ids, attention_mask, position_ids or past_key_values.*; give its values"
                            + " with --input");
                }
                long[] shape = input.type().shape().dims().stream()
                        .mapToLong(dim -> dim.fixed().orElse(0))
                        .toArray();
                shape[0] = tokens.batch();
                yield HostTensor.zeros(DType.valueOf(input.type().dtype().name()), shape);
            }
        };
    }
}

package dev.heddle.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.graph.DimValues;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.MemoryEstimate;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What a decoder needs for a batch of sequences: once for a prompt of this length, once for the last step of as many tokens. Symbols of shapes are understood by their
 * names, as Heddle and optimum choose them.
 */
record InspectedMemory(long batch, long length, MemoryEstimate prompt, MemoryEstimate step) {

    /** @throws ArithmeticException if a number of bytes is more than a long can say */
    static InspectedMemory of(Graph graph, long batch, long length) {
        return new InspectedMemory(
                batch,
                length,
                MemoryEstimate.of(graph, lengths(batch, 0, length)),
                MemoryEstimate.of(graph, lengths(batch, length - 1, 1)));
    }

    private static DimValues lengths(long batch, long past, long tokens) {
        return new DimValues(symbol -> {
            String name = symbol.toLowerCase(Locale.ROOT);
            if (!name.matches("\\w+")) {
                return OptionalLong.empty();
            }
            if (name.contains("batch")) {
                return OptionalLong.of(batch);
            }
            if (name.contains("total")) {
                return OptionalLong.of(past + tokens);
            }
            if (name.startsWith("past")) {
                return OptionalLong.of(Math.min(past, most(name)));
            }
            boolean length = name.equals("q_len") || name.contains("seq");
            return length ? OptionalLong.of(tokens) : OptionalLong.empty();
        });
    }

    /** Heddle's names of lengths that are limited end in the limit: {@code past_rows_10}. */
    private static long most(String name) {
        String number = name.substring(name.lastIndexOf('_') + 1);
        return number.matches("\\d{1,9}") ? Long.parseLong(number) : Long.MAX_VALUE;
    }

    /** State after the last token. */
    long stateBytes() {
        return step.outputs().entrySet().stream()
                .filter(output -> output.getKey().startsWith("present"))
                .mapToLong(output -> output.getValue())
                .reduce(0, Math::addExact);
    }

    private static long logits(MemoryEstimate estimate) {
        return estimate.outputs().getOrDefault("logits", 0L);
    }

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("batch", batch);
        node.put("length", length);
        node.put("weights", prompt.weights());
        node.put("state", stateBytes());
        node.put("prompt_logits", logits(prompt));
        node.put("prompt_peak", prompt.peak());
        node.put("step_logits", logits(step));
        node.put("step_peak", step.peak());
        node.put("values_of_unknown_shape", prompt.unknown());
        return node;
    }

    List<String> lines() {
        return List.of(
                "memory",
                "  weights  " + Quantity.bytes(prompt.weights()),
                "  state    " + Quantity.bytes(stateBytes()) + " after " + length + " tokens of " + batch
                        + " sequences",
                "  prompt   " + rest(prompt),
                "  step     " + rest(step));
    }

    private static String rest(MemoryEstimate estimate) {
        return Quantity.bytes(estimate.peak()) + " of values at a time, new state and logits of "
                + Quantity.bytes(logits(estimate)) + " among them"
                + (estimate.unknown() == 0 ? "" : "; " + estimate.unknown() + " values have no known shape");
    }
}

package dev.heddle.runtime.cache;

import dev.heddle.runtime.ModelFormatException;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The state that a model needs, read from its inputs {@code past_key_values.{layer}.{role}} and outputs
 * {@code present.{layer}.{role}}; no slots at all if the model only runs whole sequences.
 */
record CacheContract(List<StateSlot> slots) {
    private static final Pattern PAST = Pattern.compile("past_key_values\\.(\\d+\\.\\w+)");

    CacheContract {
        slots = List.copyOf(slots);
    }

    /** @throws ModelFormatException if a state goes in and does not come out, or has impossible axes */
    static CacheContract of(ModelSession session) {
        Path model = session.file().onnx();
        List<StateSlot> slots = new ArrayList<>();
        for (TensorSpec input : session.inputs()) {
            Matcher name = PAST.matcher(input.name());
            if (name.matches()) {
                String present = "present." + name.group(1);
                TensorSpec output = session.output(present)
                        .orElseThrow(() -> new ModelFormatException(
                                "%s: input %s needs an output %s, found none".formatted(model, input.name(), present)));
                slots.add(StateSlot.of(model, input, output));
            }
        }
        return new CacheContract(slots);
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }

    /** Number of tokens that fit into the state of a sequence; empty if it grows. */
    OptionalLong capacity() {
        return slots.stream()
                .map(StateSlot::capacity)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }

    /** @throws IllegalArgumentException if a sequence has more tokens than fit */
    void checkFits(AttentionMask seen) {
        for (int row = 0; row < seen.batch(); row++) {
            int tokens = seen.tokens(row);
            slots.stream()
                    .filter(slot -> slot.capacity().orElse(Long.MAX_VALUE) < tokens)
                    .findFirst()
                    .ifPresent(slot -> {
                        throw new IllegalArgumentException(
                                "sequence of %d tokens does not fit max_len %d of layer %s; export with a larger --max-len"
                                        .formatted(tokens, slot.capacity().getAsLong(), slot.layer()));
                    });
        }
    }

    /** @throws IllegalArgumentException if a state of that contract cannot be one of this contract */
    void checkSame(CacheContract other) {
        if (other.slots.size() != slots.size()) {
            throw new IllegalArgumentException("cache state of another model: it has %d tensors, this model needs %d"
                    .formatted(other.slots.size(), slots.size()));
        }
        for (int i = 0; i < slots.size(); i++) {
            if (!slots.get(i).sameAs(other.slots.get(i))) {
                throw new IllegalArgumentException("cache state of another model: it has %s, this model needs %s"
                        .formatted(other.slots.get(i), slots.get(i)));
            }
        }
    }

    /** @throws IllegalArgumentException if these tensors cannot be a state of this contract for that many sequences */
    void checkTensors(Map<String, HostTensor> past, int batch) {
        List<String> names = slots.stream().map(StateSlot::input).toList();
        if (!past.keySet().equals(new TreeSet<>(names))) {
            throw new IllegalArgumentException("cache state of another model: it has %s, this model needs %s"
                    .formatted(new TreeSet<>(past.keySet()), names));
        }
        for (StateSlot slot : slots) {
            HostTensor tensor = Objects.requireNonNull(past.get(slot.input()));
            if (!slot.accepts(tensor.dtype(), tensor.shape(), batch)) {
                throw new IllegalArgumentException(
                        "cache state of another model: for %d sequences, this model needs %s, got %s"
                                .formatted(batch, slot, tensor));
            }
        }
    }
}

package dev.heddle.runtime.cache;

import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.NativeTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a model remembers of a batch of sequences; moves on with each step of a {@link Decoder}.
 *
 * <p>The tensors stay with ONNX Runtime. Must be closed; a use after that throws {@link IllegalStateException}. Safe
 * to close from another thread, which waits for a step in flight; steps with one state happen one after the other.
 */
public final class CacheState implements AutoCloseable {
    private final CacheContract contract;
    private final StepMemory maskMemory = new StepMemory();
    private final StepMemory positionMemory = new StepMemory();
    private final Map<String, NativeTensor> past;
    private AttentionMask seen;
    private boolean closed;

    CacheState(CacheContract contract, Map<String, HostTensor> past, AttentionMask seen) {
        this.contract = contract;
        this.past = new LinkedHashMap<>();
        this.seen = seen;
        past.forEach((name, tensor) -> this.past.put(name, NativeTensor.of(tensor)));
    }

    /** Number of sequences. */
    public synchronized int batch() {
        return seen.batch();
    }

    /** Number of tokens kept so far per sequence: padding included, but for a state of fixed length, which keeps none. */
    public synchronized int length() {
        return seen.length();
    }

    /** Which of these tokens are real. */
    public synchronized AttentionMask mask() {
        return seen;
    }

    /** A copy of the tensors, by the names of the inputs that take them; {@link Decoder#restore} takes it back. */
    public synchronized Map<String, HostTensor> toHost() {
        Map<String, HostTensor> copies = new LinkedHashMap<>();
        past().forEach((name, tensor) -> copies.put(name, tensor.toHost()));
        return copies;
    }

    CacheContract contract() {
        return contract;
    }

    /** For the step in progress. */
    StepMemory maskMemory() {
        return maskMemory;
    }

    /** For the step in progress. */
    StepMemory positionMemory() {
        return positionMemory;
    }

    synchronized Map<String, NativeTensor> past() {
        if (closed) {
            throw new IllegalStateException("cache state is closed");
        }
        return past;
    }

    NativeTensor past(StateSlot slot) {
        return Objects.requireNonNull(past().get(slot.input()));
    }

    /** Takes over what a step gave, and frees the tensors that it takes the place of. */
    synchronized void advance(Map<String, NativeTensor> present, AttentionMask newSeen) {
        present.forEach(
                (name, tensor) -> Objects.requireNonNull(past.put(name, tensor)).close());
        seen = newSeen;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            past.values().forEach(NativeTensor::close);
        }
    }
}

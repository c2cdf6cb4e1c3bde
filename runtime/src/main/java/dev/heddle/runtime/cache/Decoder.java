package dev.heddle.runtime.cache;

import dev.heddle.runtime.ModelFormatException;
import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.Dim;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.NativeTensor;
import dev.heddle.runtime.session.RunRequest;
import dev.heddle.runtime.session.TensorSpec;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Runs a decoder model step by step.
 *
 * <p>Inputs: {@code input_ids [batch, q_len]}, and if the model has them {@code attention_mask [batch, total_len]},
 * {@code position_ids [batch, q_len]} and {@code past_key_values.*}; outputs: {@code logits [batch, q_len, vocab]} and
 * {@code present.*}. Thread-safe; does not own its session.
 */
public final class Decoder {
    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String POSITIONS = "position_ids";
    private static final String LOGITS = "logits";

    private final ModelSession session;
    private final CacheContract contract;
    private final TensorSpec logits;

    private Decoder(ModelSession session, CacheContract contract, TensorSpec logits) {
        this.session = session;
        this.contract = contract;
        this.logits = logits;
    }

    /** @throws ModelFormatException if the model does not follow the graph contract */
    public static Decoder of(ModelSession session) {
        CacheContract contract = CacheContract.of(session);
        checkInputs(session, contract);
        TensorSpec logits = session.output(LOGITS)
                .filter(spec -> spec.dtype().isFloat() && spec.dims().size() == 3)
                .orElseThrow(() ->
                        new ModelFormatException("%s: expected a float output logits [batch, q_len, vocab], got %s"
                                .formatted(session.file().onnx(), session.outputs())));
        return new Decoder(session, contract, logits);
    }

    /** Whether the model takes a sequence in pieces; if not, it runs whole sequences only. */
    public boolean hasCache() {
        return !contract.isEmpty();
    }

    /** Number of tokens the model knows; empty if the graph leaves it open. */
    public OptionalInt vocabulary() {
        return logits.dims().get(2) instanceof Dim.Fixed fixed
                ? OptionalInt.of(Math.toIntExact(fixed.size()))
                : OptionalInt.empty();
    }

    /** Number of tokens that fit into the state of one sequence; empty if it grows or there is none. */
    public OptionalInt capacity() {
        OptionalLong capacity = contract.capacity();
        return capacity.isPresent() ? OptionalInt.of(Math.toIntExact(capacity.getAsLong())) : OptionalInt.empty();
    }

    /** The state before the first token of {@code batch} sequences; the caller closes it. */
    public CacheState newState(int batch) {
        Map<String, HostTensor> fresh = new LinkedHashMap<>();
        contract.slots().forEach(slot -> fresh.put(slot.input(), slot.fresh(batch)));
        return new CacheState(contract, fresh, AttentionMask.ones(batch, 0));
    }

    /**
     * A state from tensors as {@link CacheState#toHost()} gives them; the caller closes it.
     *
     * @param seen which of the tokens behind the state are real
     * @throws IllegalArgumentException if the tensors are not a state of this model
     */
    public CacheState restore(Map<String, HostTensor> past, AttentionMask seen) {
        contract.checkTensors(past, seen.batch());
        AttentionMask kept = contract.capacity().isPresent() ? seen.packed() : seen;
        contract.checkFits(kept);
        return new CacheState(contract, past, kept);
    }

    /** Memory for the logits of a block, {@code [batch, len, vocab]}; empty if the graph leaves the vocabulary open. */
    public Optional<HostTensor> place(int batch, int length) {
        OptionalInt vocabulary = vocabulary();
        return vocabulary.isPresent()
                ? Optional.of(HostTensor.zeros(logits.dtype(), batch, length, vocabulary.getAsInt()))
                : Optional.empty();
    }

    /**
     * Feeds tokens and moves the state on; if it throws, the state is as before.
     *
     * @return logits of the tokens fed, {@code [batch, len, vocab]}
     * @throws IllegalArgumentException if tokens, mask or state do not fit the model or each other
     * @throws IllegalStateException if the state or the session is closed
     * @throws java.util.concurrent.CancellationException if {@code cancellation} ended the step
     */
    public HostTensor step(CacheState state, TokenBlock block, Cancellation cancellation) {
        Optional<HostTensor> place = place(block.batch(), block.length());
        if (place.isPresent()) {
            // Written in place: a tensor of ONNX Runtime could only be read by copying it twice.
            stepInto(state, block, place.get(), cancellation);
            return place.get();
        }
        Map<String, NativeTensor> outputs = run(state, block, Map.of(), cancellation);
        try (NativeTensor result = Objects.requireNonNull(outputs.get(LOGITS))) {
            return result.toHost();
        }
    }

    /**
     * Does a {@link #step} and writes the logits into memory that is used again and again.
     *
     * @param place from {@link #place}, for the shape of the block
     */
    public void stepInto(CacheState state, TokenBlock block, HostTensor place, Cancellation cancellation) {
        try (NativeTensor shared = NativeTensor.of(place)) {
            run(state, block, Map.of(LOGITS, shared), cancellation);
        }
    }

    /** Gives the outputs that are neither state nor placed. */
    private Map<String, NativeTensor> run(
            CacheState state, TokenBlock block, Map<String, NativeTensor> places, Cancellation cancellation) {
        // One step at a time per state: the next one needs what this one gives.
        synchronized (state) {
            contract.checkSame(state.contract());
            checkTokens(state, block);
            StepMask mask = contract.capacity().isPresent()
                    ? StepMask.packed(state.mask(), block.mask())
                    : StepMask.joined(state.mask(), block.mask());
            contract.checkFits(mask.after());
            Map<String, NativeTensor> fed = feed(state, block, mask);
            try {
                Map<String, NativeTensor> inputs = new HashMap<>(fed);
                inputs.putAll(state.past());
                Set<String> wanted = new HashSet<>(places.isEmpty() ? Set.of(LOGITS) : Set.of());
                Map<String, NativeTensor> allPlaces = new HashMap<>(places);
                for (StateSlot slot : contract.slots()) {
                    if (slot.isInPlace()) {
                        allPlaces.put(slot.output(), state.past(slot));
                    } else {
                        wanted.add(slot.output());
                    }
                }
                Map<String, NativeTensor> outputs =
                        session.run(new RunRequest(inputs, wanted, allPlaces), cancellation);
                Map<String, NativeTensor> present = new LinkedHashMap<>();
                contract.slots().stream()
                        .filter(slot -> !slot.isInPlace())
                        .forEach(slot -> present.put(slot.input(), outputs.remove(slot.output())));
                state.advance(present, mask.after());
                return outputs;
            } finally {
                fed.values().forEach(NativeTensor::close);
            }
        }
    }

    private Map<String, NativeTensor> feed(CacheState state, TokenBlock block, StepMask mask) {
        Map<String, NativeTensor> fed = new HashMap<>();
        fed.put(IDS, NativeTensor.of(block.ids()));
        if (session.input(MASK).isPresent()) {
            fed.put(MASK, NativeTensor.of(mask.attentionMask(state.maskMemory())));
        }
        if (session.input(POSITIONS).isPresent()) {
            HostTensor positions = block.positions() instanceof Positions.Given given
                    ? given.ids()
                    : mask.positions(state.positionMemory());
            fed.put(POSITIONS, NativeTensor.of(positions));
        }
        return fed;
    }

    private void checkTokens(CacheState state, TokenBlock block) {
        if (block.batch() != state.batch()) {
            throw new IllegalArgumentException("input_ids: expected %d sequences as in the cache state, got %d"
                    .formatted(state.batch(), block.batch()));
        }
        if (!hasCache() && state.length() > 0) {
            throw new IllegalArgumentException(wholeSequencesOnly());
        }
        LongBuffer ids = block.ids().longs();
        long limit = vocabulary().isPresent() ? vocabulary().getAsInt() : Long.MAX_VALUE;
        for (int i = 0; i < ids.limit(); i++) {
            long id = ids.get(i);
            if (id < 0 || id >= limit) {
                throw new IllegalArgumentException("input_ids: token %d at [%d, %d] is not in the vocabulary of %d"
                        .formatted(id, i / block.length(), i % block.length(), limit));
            }
        }
    }

    String wholeSequencesOnly() {
        return session.file().onnx()
                + " has no past_key_values inputs and runs whole sequences only; export it with a cache";
    }

    private static void checkInputs(ModelSession session, CacheContract contract) {
        Set<String> known = new LinkedHashSet<>(List.of(IDS, MASK, POSITIONS));
        contract.slots().forEach(slot -> known.add(slot.input()));
        for (TensorSpec input : session.inputs()) {
            if (!known.contains(input.name())) {
                throw new ModelFormatException("%s: input %s is not part of the graph contract, expected %s"
                        .formatted(session.file().onnx(), input, known));
            }
            if (input.name().equals(IDS)
                    || input.name().equals(MASK)
                    || input.name().equals(POSITIONS)) {
                checkMatrix(session, input);
            }
        }
        if (session.input(IDS).isEmpty()) {
            throw new ModelFormatException("%s: expected an input input_ids: int64 [batch, q_len], got %s"
                    .formatted(session.file().onnx(), session.inputs()));
        }
    }

    private static void checkMatrix(ModelSession session, TensorSpec input) {
        if (input.dtype() != DType.INT64 || input.dims().size() != 2) {
            throw new ModelFormatException("%s: expected int64 with two axes, got %s"
                    .formatted(session.file().onnx(), input));
        }
    }
}

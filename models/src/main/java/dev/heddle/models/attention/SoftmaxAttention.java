package dev.heddle.models.attention;

import dev.heddle.exporter.graph.GraphScope;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.reference.DoubleTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Softmax attention with optional parts around the scores. Multi-Token Attention, talking heads, KV shifting and plain attention are settings of it.
 *
 * <p>shift k, v; RoPE on q, k; S = q k^T / sqrt(d); S = mix_pre(conv_pre(mask0(S))); A = softmax(S); A = mix_post(mask0(conv_post(A))); O = A v; O = gate(norm(O)).
 * Each step but the softmax may be absent. Golovneva et al. 2025 (arXiv 2504.00927), section 3.3; Xu et al. 2024 (arXiv 2411.19574), section 2.2. Softmax, RoPE
 * and norm statistics in float32 for every dtype; a fully masked row gives zeros.
 */
public record SoftmaxAttention(
        Heads heads,
        Positions positions,
        Mask mask,
        KeyValueShift shift,
        ScoreConvolution preConvolution,
        HeadMix preMix,
        ScoreConvolution postConvolution,
        HeadMix postMix,
        ContextNorm norm,
        Gate gate)
        implements AttentionVariant {

    public SoftmaxAttention {
        if (positions instanceof Positions.Rope && heads.size() % 2 != 0) {
            throw new IllegalArgumentException("RoPE needs an even head size, got " + heads.size());
        }
        requireDivides("pre-softmax", preMix, heads);
        requireDivides("post-softmax", postMix, heads);
    }

    private static void requireDivides(String place, HeadMix mix, Heads heads) {
        if (mix instanceof HeadMix.Grouped grouped && heads.query() % grouped.size() != 0) {
            throw new IllegalArgumentException(place + " head groups must divide the query heads, got groups of "
                    + grouped.size() + " and " + heads.query() + " heads");
        }
    }

    /** Plain causal attention; the builder adds parts. */
    public static Builder builder(Heads heads) {
        return new Builder(heads);
    }

    /** 1 / sqrt(d). */
    public double scale() {
        return 1 / Math.sqrt(heads.size());
    }

    /**
     * Number of earlier query rows that a new row depends on, R = (cq_pre - 1) + (cq_post - 1). With that many cached rotated queries a step equals the
     * whole sequence; with one less it does not.
     */
    public int queryHistory() {
        return preConvolution.queryReach() + postConvolution.queryReach();
    }

    /** True if scores and weights are used as in plain attention: no convolution and no mix. */
    public boolean hasPlainScores() {
        return preConvolution instanceof ScoreConvolution.None
                && postConvolution instanceof ScoreConvolution.None
                && preMix instanceof HeadMix.None
                && postMix instanceof HeadMix.None;
    }

    @Override
    public SortedMap<AttentionWeight, Shape> weights() {
        SortedMap<AttentionWeight, Shape> weights = new TreeMap<>();
        int size = heads.size();
        if (shift instanceof KeyValueShift.Taps taps) {
            weights.put(AttentionWeight.KEY_SHIFT, Shape.of(heads.keyValue(), taps.count()));
            weights.put(AttentionWeight.VALUE_SHIFT, Shape.of(heads.keyValue(), taps.count()));
        }
        putKernel(weights, AttentionWeight.PRE_KERNEL, preConvolution);
        putMix(weights, AttentionWeight.PRE_MIX, preMix);
        putKernel(weights, AttentionWeight.POST_KERNEL, postConvolution);
        putMix(weights, AttentionWeight.POST_MIX, postMix);
        if (norm instanceof ContextNorm.PerHeadRms) {
            weights.put(AttentionWeight.NORM, Shape.of(size));
        }
        if (!(gate instanceof Gate.None)) {
            int outputs = gate instanceof Gate.Full ? size : 1;
            weights.put(AttentionWeight.GATE_WEIGHT, Shape.of(outputs, size));
            weights.put(AttentionWeight.GATE_BIAS, Shape.of(outputs));
        }
        return weights;
    }

    private void putKernel(Map<AttentionWeight, Shape> weights, AttentionWeight weight, ScoreConvolution convolution) {
        if (convolution instanceof ScoreConvolution.KeyQuery kernel) {
            weights.put(weight, Shape.of(heads.query(), 1, kernel.queryWidth(), kernel.keyWidth()));
        }
    }

    private void putMix(Map<AttentionWeight, Shape> weights, AttentionWeight weight, HeadMix mix) {
        if (mix instanceof HeadMix.Grouped grouped) {
            weights.put(weight, Shape.of(heads.query() / grouped.size(), grouped.size(), grouped.size()));
        }
    }

    /**
     * Rotated, shifted keys and shifted values; then the last rotated queries (with convolutions over queries) and the last raw keys and values (with a
     * shift). A sliding window keeps size - 1 + R rows of keys and values.
     */
    @Override
    public List<CacheSlot> state() {
        CacheSlot.Length keys = mask instanceof Mask.SlidingWindow window
                ? new CacheSlot.Length.Window(window.size() - 1 + queryHistory())
                : new CacheSlot.Length.Growing();
        List<CacheSlot> slots = new ArrayList<>();
        slots.add(new CacheSlot("key", heads.keyValue(), keys, heads.size()));
        slots.add(new CacheSlot("value", heads.keyValue(), keys, heads.size()));
        if (queryHistory() > 0) {
            slots.add(new CacheSlot("query", heads.query(), new CacheSlot.Length.AtMost(queryHistory()), heads.size()));
        }
        if (shift.reach() > 0) {
            CacheSlot.Length raw = new CacheSlot.Length.Exactly(shift.reach());
            slots.add(new CacheSlot("last_key", heads.keyValue(), raw, heads.size()));
            slots.add(new CacheSlot("last_value", heads.keyValue(), raw, heads.size()));
        }
        return List.copyOf(slots);
    }

    @Override
    public String summary() {
        return AttentionSummary.of(this);
    }

    @Override
    public AttentionValues.Result emit(GraphScope scope, AttentionValues values) {
        return new SoftmaxAttentionEmitter(this, scope, values).emit();
    }

    @Override
    public AttentionReference reference(Map<AttentionWeight, DoubleTensor> weights) {
        return new SoftmaxAttentionReference(this, weights);
    }

    /** Starts as plain causal attention without positions. */
    public static final class Builder {
        private final Heads heads;
        private Positions positions = new Positions.None();
        private Mask mask = new Mask.Causal();
        private KeyValueShift shift = new KeyValueShift.None();
        private ScoreConvolution preConvolution = new ScoreConvolution.None();
        private HeadMix preMix = new HeadMix.None();
        private ScoreConvolution postConvolution = new ScoreConvolution.None();
        private HeadMix postMix = new HeadMix.None();
        private ContextNorm norm = new ContextNorm.None();
        private Gate gate = new Gate.None();

        private Builder(Heads heads) {
            this.heads = heads;
        }

        public Builder positions(Positions value) {
            positions = value;
            return this;
        }

        public Builder mask(Mask value) {
            mask = value;
            return this;
        }

        public Builder shift(KeyValueShift value) {
            shift = value;
            return this;
        }

        public Builder preConvolution(ScoreConvolution value) {
            preConvolution = value;
            return this;
        }

        public Builder preMix(HeadMix value) {
            preMix = value;
            return this;
        }

        public Builder postConvolution(ScoreConvolution value) {
            postConvolution = value;
            return this;
        }

        public Builder postMix(HeadMix value) {
            postMix = value;
            return this;
        }

        public Builder norm(ContextNorm value) {
            norm = value;
            return this;
        }

        public Builder gate(Gate value) {
            gate = value;
            return this;
        }

        public SoftmaxAttention build() {
            return new SoftmaxAttention(
                    heads, positions, mask, shift, preConvolution, preMix, postConvolution, postMix, norm, gate);
        }
    }
}

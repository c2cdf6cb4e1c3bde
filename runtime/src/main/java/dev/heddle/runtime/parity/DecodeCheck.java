package dev.heddle.runtime.parity;

import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/** Whether a model gives the same logits however its tokens are fed: through the cache, in pieces, in a batch or alone, behind pads. */
public final class DecodeCheck {

    /** Name of the section. */
    public static final String NAME = "decode";

    /** Put before or behind each sequence. A cache of fixed length needs room for them. */
    public static final int PADS = 3;

    private DecodeCheck() {}

    /**
     * Compares each way of feeding with the whole sequences at once.
     *
     * @param tokens fresh sequences without padding
     * @param cached whether the model has a cache
     * @param precision what the model computes in
     * @return a section named {@value #NAME}, with the error of each position when tokens are fed one by one
     */
    public static Section of(Forward forward, TokenBlock tokens, boolean cached, Precision precision) {
        HostTensor whole = forward.logits(tokens, ChunkSizes.whole());
        var section = new SectionBuilder(NAME, TensorComparer.of(precision));
        if (cached) {
            section.steps("one token at a time", whole, forward.logits(tokens, ChunkSizes.of(1)));
            section.logits("chunks of 5,1,1,3,2", whole, forward.logits(tokens, ChunkSizes.of(5, 1, 1, 3, 2)));
            int half = Math.max(1, tokens.length() / 2);
            section.logits("two halves", whole, forward.logits(tokens, ChunkSizes.of(half)));
            HostTensor behindPads = forward.logits(padded(tokens, PADS, 0), ChunkSizes.of(PADS + 2, 1));
            section.logits("left padding, then one at a time", whole, columns(behindPads, PADS, tokens.length()));
        }
        HostTensor left = forward.logits(padded(tokens, PADS, 0), ChunkSizes.whole());
        section.logits("left padding", whole, columns(left, PADS, tokens.length()));
        HostTensor right = forward.logits(padded(tokens, 0, PADS), ChunkSizes.whole());
        section.logits("right padding", whole, columns(right, 0, tokens.length()));
        if (tokens.batch() > 1) {
            section.logits("each sequence alone", whole, alone(forward, tokens));
        }
        return section.build();
    }

    /**
     * Compares two models that decode one token at a time, as one with a growing cache and one with a cache of fixed length.
     *
     * @param name of the section
     * @param precision what the coarser one computes in
     */
    public static Section between(
            String name, Forward expected, Forward actual, TokenBlock tokens, Precision precision) {
        HostTensor right = expected.logits(tokens, ChunkSizes.of(1));
        HostTensor judged = actual.logits(tokens, ChunkSizes.of(1));
        var section = new SectionBuilder(name, TensorComparer.of(precision));
        section.steps("one token at a time", right, judged);
        return section.build();
    }

    private static TokenBlock padded(TokenBlock tokens, int left, int right) {
        int width = left + tokens.length() + right;
        HostTensor ids = HostTensor.zeros(DType.INT64, tokens.batch(), width);
        for (int row = 0; row < tokens.batch(); row++) {
            ids.longs().put(row * width + left, tokens.ids().longs(), row * tokens.length(), tokens.length());
        }
        int[] counts = new int[tokens.batch()];
        Arrays.fill(counts, left + tokens.length());
        AttentionMask mask = AttentionMask.rightPadded(width, counts);
        if (left > 0) {
            Arrays.fill(counts, tokens.length());
            mask = AttentionMask.leftPadded(width, counts);
        }
        return TokenBlock.of(ids).withMask(mask);
    }

    private static HostTensor columns(HostTensor logits, int from, int count) {
        HostTensor part = HostTensor.zeros(logits.dtype(), logits.dim(0), count, logits.dim(2));
        int token = (int) logits.dim(2) * logits.dtype().bytes();
        ByteBuffer target = part.bytes();
        for (int row = 0; row < logits.dim(0); row++) {
            int start = (row * (int) logits.dim(1) + from) * token;
            target.put(row * count * token, logits.bytes(), start, count * token);
        }
        return part;
    }

    private static HostTensor alone(Forward forward, TokenBlock tokens) {
        HostTensor all = null;
        for (int row = 0; row < tokens.batch(); row++) {
            long[] ids = new long[tokens.length()];
            tokens.ids().longs().get(row * ids.length, ids);
            HostTensor logits = forward.logits(TokenBlock.of(ids), ChunkSizes.whole());
            if (all == null) {
                all = HostTensor.zeros(logits.dtype(), tokens.batch(), logits.dim(1), logits.dim(2));
            }
            int bytes = logits.bytes().capacity();
            all.bytes().put(row * bytes, logits.bytes(), 0, bytes);
        }
        return Objects.requireNonNull(all);
    }
}

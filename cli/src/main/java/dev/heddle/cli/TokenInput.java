package dev.heddle.cli;

import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.HostTensor;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Tokens to run a model on. */
final class TokenInput {

    private TokenInput() {}

    /**
     * From tensors by the graph's names: {@code input_ids}, and {@code attention_mask} and {@code position_ids} if they are there.
     *
     * @param where the file, for messages
     */
    static TokenBlock of(Map<String, HostTensor> tensors, String where) {
        HostTensor ids = tensors.get("input_ids");
        if (ids == null) {
            throw new IllegalArgumentException(
                    where + ": expected a tensor input_ids, got " + new TreeSet<>(tensors.keySet()));
        }
        TokenBlock block = TokenBlock.of(ids);
        HostTensor mask = tensors.get("attention_mask");
        if (mask != null) {
            block = block.withMask(AttentionMask.of(mask));
        }
        HostTensor positions = tensors.get("position_ids");
        return positions == null ? block : block.withPositions(positions);
    }

    static TokenBlock random(int batch, int length, int vocabulary, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] ids = random.longs((long) batch * length, 0, vocabulary).toArray();
        return TokenBlock.of(HostTensor.ofLongs(ids, batch, length));
    }
}

package dev.heddle.cli;

import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.HostTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Tokens to run a model on. */
final class TokenInput {

    static final String IDS = "input_ids";
    static final String MASK = "attention_mask";
    static final String POSITIONS = "position_ids";

    /** All of them. */
    static final List<String> NAMES = List.of(IDS, MASK, POSITIONS);

    private TokenInput() {}

    /** From a file with {@code input_ids}, and {@code attention_mask} and {@code position_ids} if they are there. */
    static TokenBlock read(Path file) {
        return of(TensorFile.read(file, IDS, MASK, POSITIONS), file);
    }

    /**
     * From tensors by the graph's names.
     *
     * @param file where they come from, for messages
     */
    static TokenBlock of(Map<String, HostTensor> tensors, Path file) {
        try {
            TokenBlock block = TokenBlock.of(Objects.requireNonNull(tensors.get(IDS)));
            HostTensor mask = tensors.get(MASK);
            if (mask != null) {
                block = block.withMask(AttentionMask.of(mask));
            }
            HostTensor positions = tensors.get(POSITIONS);
            return positions == null ? block : block.withPositions(positions);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    static TokenBlock random(int batch, int length, int vocabulary, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] ids = random.longs((long) batch * length, 0, vocabulary).toArray();
        return TokenBlock.of(HostTensor.ofLongs(ids, batch, length));
    }
}

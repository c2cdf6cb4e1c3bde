package dev.heddle.runtime.cache;

import dev.heddle.runtime.session.HostTensor;
import java.nio.LongBuffer;

/**
 * What a step tells the model of its tokens.
 *
 * @param past which tokens of the state are real
 * @param block which of the new tokens are
 * @param after which tokens of the state are real once the step is done
 */
record StepMask(AttentionMask past, AttentionMask block, AttentionMask after) {

    /** A cache that keeps pads: columns follow each other as they were fed. */
    static StepMask joined(AttentionMask past, AttentionMask block) {
        return new StepMask(past, block, past.then(block));
    }

    /** A cache that keeps real tokens only, each row from its start. */
    static StepMask packed(AttentionMask past, AttentionMask block) {
        return new StepMask(past, block, past.packedThen(block));
    }

    /** The graph's {@code attention_mask}, INT64 {@code [batch, past + new]}. */
    HostTensor attentionMask(StepMemory memory) {
        HostTensor tensor = memory.longs(past.batch(), past.length() + block.length());
        LongBuffer values = tensor.longs();
        for (int row = 0; row < past.batch(); row++) {
            past.put(row, values);
            block.put(row, values);
        }
        return tensor;
    }

    /** The graph's {@code position_ids} of the new tokens: real tokens up to and with each, less one, at least 0. */
    HostTensor positions(StepMemory memory) {
        HostTensor tensor = memory.longs(past.batch(), block.length());
        LongBuffer values = tensor.longs();
        for (int row = 0; row < past.batch(); row++) {
            for (int column = 0; column < block.length(); column++) {
                values.put(Math.max(0, past.tokens(row) + block.tokensUpTo(row, column) - 1));
            }
        }
        return tensor;
    }
}

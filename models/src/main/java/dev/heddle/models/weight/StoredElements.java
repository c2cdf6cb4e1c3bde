package dev.heddle.models.weight;

import dev.heddle.models.checkpoint.StoredTensor;
import java.nio.ByteBuffer;

/** A stored tensor as it is. */
record StoredElements(StoredTensor tensor, FloatFormat format) implements Elements {

    private static final int BLOCK_LENGTH = 1 << 18;

    @Override
    public ByteBuffer read(long first, int count) {
        return tensor.read(first, count);
    }

    @Override
    public int blockLength() {
        return BLOCK_LENGTH;
    }
}

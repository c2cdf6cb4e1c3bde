package dev.heddle.models.weight;

import java.nio.ByteBuffer;

/** Another weight from its element {@code offset} on. */
record RowElements(Elements of, long offset) implements Elements {

    @Override
    public FloatFormat format() {
        return of.format();
    }

    @Override
    public ByteBuffer read(long first, int count) {
        return of.read(offset + first, count);
    }

    @Override
    public int blockLength() {
        return of.blockLength();
    }
}

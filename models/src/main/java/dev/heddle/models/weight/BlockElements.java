package dev.heddle.models.weight;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The values that blocks stand for, as float64. */
record BlockElements(Blocks blocks) implements Elements {

    private static final int BLOCK_LENGTH = 1 << 18;

    @Override
    public FloatFormat format() {
        return FloatFormat.FLOAT64;
    }

    @Override
    public int blockLength() {
        return BLOCK_LENGTH;
    }

    @Override
    public ByteBuffer read(long first, int count) {
        int size = blocks.format().block();
        long firstBlock = first / size;
        int needed = Math.toIntExact((first + count - 1) / size - firstBlock + 1);
        Block[] read = blocks.read(firstBlock, needed).blocks();
        ByteBuffer values =
                ByteBuffer.allocate(Math.multiplyExact(count, Double.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        int skipped = (int) (first - firstBlock * size);
        for (int index = 0; index < count; index++) {
            int at = skipped + index;
            values.putDouble(index * Double.BYTES, read[at / size].value(at % size));
        }
        return values;
    }
}

package dev.heddle.models.weight;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements that are computed block by block, as float64. */
interface BlockValues extends Elements {

    int READ_TOGETHER = 1 << 18;

    /** The values of some blocks. */
    @FunctionalInterface
    interface Values {
        /**
         * @param block counted from the first block read
         * @param at place in the block
         */
        double get(int block, int at);
    }

    /** Elements of a block. */
    int block();

    /** Blocks {@code first} to {@code first + count}. */
    Values values(long first, int count);

    @Override
    default FloatFormat format() {
        return FloatFormat.FLOAT64;
    }

    @Override
    default int blockLength() {
        return READ_TOGETHER;
    }

    @Override
    default ByteBuffer read(long first, int count) {
        int size = block();
        long firstBlock = first / size;
        Values values = values(firstBlock, Math.toIntExact((first + count - 1) / size - firstBlock + 1));
        ByteBuffer elements =
                ByteBuffer.allocate(Math.multiplyExact(count, Double.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        int skipped = (int) (first - firstBlock * size);
        for (int index = 0; index < count; index++) {
            int at = skipped + index;
            elements.putDouble(index * Double.BYTES, values.get(at / size, at % size));
        }
        return elements;
    }
}

package dev.heddle.models.weight;

import dev.heddle.models.checkpoint.ModelFormatException;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/**
 * A matrix as blocks, computed anew whenever they are asked for, so that none are held. As every row is a whole number of blocks, blocks are counted along all
 * elements. Thread-safe.
 *
 * @param name of the weight, for messages
 */
record Blocks(String name, Elements elements, BlockFormat format) {

    /**
     * Blocks one behind the other.
     *
     * @param values before rounding
     */
    record Piece(double[] values, Block[] blocks) {}

    /** Blocks {@code first} to {@code first + count}; on several threads, with a result that does not depend on them. */
    Piece read(long first, int count) {
        double[] values = values(first, count);
        BlockRounding rounding = BlockRounding.of(format);
        Block[] blocks = new Block[count];
        IntStream.range(0, count)
                .parallel()
                .forEach(index -> blocks[index] = rounding.round(values, index * format.block()));
        return new Piece(values, blocks);
    }

    private double[] values(long first, int count) {
        double[] values = new double[Math.multiplyExact(count, format.block())];
        int piece = Math.min(values.length, elements.blockLength());
        for (int done = 0; done < values.length; done += piece) {
            int length = Math.min(piece, values.length - done);
            ByteBuffer buffer = elements.read(first * format.block() + done, length);
            elements.format().decode(buffer, 0, length, values, done);
        }
        check(values);
        return values;
    }

    private void check(double[] values) {
        double largest = FloatFormat.of(format.scaleType()).largest() * (format.middle() - 1);
        for (double value : values) {
            if (!(Math.abs(value) <= largest)) {
                throw new ModelFormatException("tensor " + name + ": expected finite values that scales in "
                        + format.scaleType().onnxName() + " can reach, got " + value
                        + "; leave it as it is with --exclude");
            }
        }
    }
}

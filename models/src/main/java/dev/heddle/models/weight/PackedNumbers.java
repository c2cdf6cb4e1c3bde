package dev.heddle.models.weight;

import dev.heddle.models.checkpoint.StoredTensor;
import java.nio.ByteBuffer;

/**
 * Whole numbers of 4 or 8 bits one behind the other in a stored tensor, whose elements may be those numbers or the bytes they lie in. Of two numbers in a byte the
 * first is in the low bits.
 *
 * @param signed in two's complement
 */
record PackedNumbers(StoredTensor tensor, int bits, boolean signed) {

    /** Numbers {@code first} to {@code first + count}. */
    int[] read(long first, int count) {
        int perByte = Byte.SIZE / bits;
        long firstByte = first / perByte;
        long endByte = (first + count + perByte - 1) / perByte;
        ByteBuffer bytes = bytes(firstByte, endByte);
        int skipped = (int) (first - firstByte * perByte);
        int[] numbers = new int[count];
        for (int index = 0; index < count; index++) {
            numbers[index] = number(bytes, skipped + index);
        }
        return numbers;
    }

    private ByteBuffer bytes(long from, long to) {
        long perByte = Byte.SIZE / tensor.dtype().bits();
        long end = Math.min(to * perByte, tensor.shape().elements());
        return tensor.read(from * perByte, Math.toIntExact(end - from * perByte));
    }

    private int number(ByteBuffer bytes, int index) {
        int position = index * bits;
        int shifted = bytes.get(position / Byte.SIZE) >> position % Byte.SIZE;
        int unused = Integer.SIZE - bits;
        return signed ? shifted << unused >> unused : shifted & (1 << bits) - 1;
    }
}

package dev.heddle.models.weight;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Counts NaN and infinite elements: those whose exponent bits are all set. One added to the lowest of them carries into the sign bit just then. Sums over arrays, so
 * that the compiler can use vector instructions: every weight that is exported passes through here.
 */
final class NonFinite {

    private static final int PIECE_BYTES = 1 << 14;

    private NonFinite() {}

    /** Of the first {@code count} elements of two bytes. */
    static int shorts(ByteBuffer buffer, int count, int exponent) {
        int unit = Integer.lowestOneBit(exponent);
        int both = exponent << Short.SIZE | exponent;
        int upper = exponent << Short.SIZE;
        int upperUnit = unit << Short.SIZE;
        int[] piece = new int[PIECE_BYTES / Integer.BYTES];
        int pairs = count / 2;
        int found = 0;
        for (int first = 0; first < pairs; first += piece.length) {
            int length = ints(buffer, first, pairs, piece);
            for (int i = 0; i < length; i++) {
                int bits = piece[i] & both;
                found += ((bits & exponent) + unit >>> Short.SIZE - 1)
                        + ((bits & upper) + upperUnit >>> Integer.SIZE - 1);
            }
        }
        boolean oddOne = count % 2 == 1 && (buffer.getShort((count - 1) * Short.BYTES) & exponent) == exponent;
        return oddOne ? found + 1 : found;
    }

    /** Of the first {@code count} float32. */
    static int floats(ByteBuffer buffer, int count) {
        int[] piece = new int[PIECE_BYTES / Integer.BYTES];
        int found = 0;
        for (int first = 0; first < count; first += piece.length) {
            int length = ints(buffer, first, count, piece);
            for (int i = 0; i < length; i++) {
                found += (piece[i] & 0x7F80_0000) + 0x0080_0000 >>> Integer.SIZE - 1;
            }
        }
        return found;
    }

    /** Of the first {@code count} float64. */
    static int doubles(ByteBuffer buffer, int count) {
        long[] piece = new long[PIECE_BYTES / Long.BYTES];
        long found = 0;
        for (int first = 0; first < count; first += piece.length) {
            int length = Math.min(piece.length, count - first);
            buffer.slice(first * Long.BYTES, length * Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .get(piece, 0, length);
            for (int i = 0; i < length; i++) {
                found += (piece[i] & 0x7FF0_0000_0000_0000L) + 0x0010_0000_0000_0000L >>> Long.SIZE - 1;
            }
        }
        return (int) found;
    }

    private static int ints(ByteBuffer buffer, int first, int count, int[] piece) {
        int length = Math.min(piece.length, count - first);
        buffer.slice(first * Integer.BYTES, length * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(piece, 0, length);
        return length;
    }
}

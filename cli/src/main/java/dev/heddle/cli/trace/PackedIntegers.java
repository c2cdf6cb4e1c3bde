package dev.heddle.cli.trace;

/**
 * Integers of 4 or 8 bits one behind the other; two of 4 bits share a byte, the first in the low bits.
 *
 * @param bytes not copied
 * @param signed two's complement
 */
record PackedIntegers(byte[] bytes, int bits, boolean signed) {

    int at(int index) {
        long position = (long) index * bits;
        int code = bytes[(int) (position / Byte.SIZE)] >> position % Byte.SIZE & (1 << bits) - 1;
        return signed && code > largest() ? code - (1 << bits) : code;
    }

    int least() {
        return signed ? -(1 << bits - 1) : 0;
    }

    /** What stands for 0 where no zero point is stored. */
    int middle() {
        return signed ? 0 : 1 << bits - 1;
    }

    int largest() {
        return signed ? (1 << bits - 1) - 1 : (1 << bits) - 1;
    }
}

package dev.heddle.cli.trace;

/**
 * Integers of 4 or 8 bits one behind the other; two of 4 bits share a byte, the first in the low bits.
 *
 * @param bytes not copied
 * @param signed two's complement
 */
// Not the reader of heddle convert: parity judges what that one wrote, and would not see its mistakes if they were its
// own too.
record PackedIntegers(byte[] bytes, int bits, boolean signed) {

    int at(int index) {
        long position = (long) index * bits;
        int code = bytes[(int) (position / Byte.SIZE)] >> position % Byte.SIZE & (1 << bits) - 1;
        return code > largest() ? code - (1 << bits) : code;
    }

    int least() {
        return signed ? -(1 << bits - 1) : 0;
    }

    /** What stands for 0 where no zero point is stored. */
    int middle() {
        return least() + (1 << bits - 1);
    }

    int largest() {
        return least() + (1 << bits) - 1;
    }
}

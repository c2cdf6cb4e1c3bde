package dev.heddle.cli.trace;

import dev.heddle.models.weight.BlockFormat.ZeroPoint;
import java.util.function.UnaryOperator;

/** Mistakes in weights of few bits, each planted into the bytes of one tensor, which must be named. A new one is one entry. */
enum PlantedCodeFault {
    CODE_OF_4_BITS_TWO_STEPS_OFF(4, ZeroPoint.SYMMETRIC, "", bytes -> flipped(bytes, 37, 0x20)),
    CODE_OF_4_BITS_ONE_STEP_OFF(4, ZeroPoint.ASYMMETRIC, "", bytes -> flipped(bytes, 37, 0x01)),
    CODE_OF_8_BITS_TWO_STEPS_OFF(8, ZeroPoint.SYMMETRIC, "", bytes -> flipped(bytes, 99, 0x02)),
    NIBBLES_SWAPPED(4, ZeroPoint.SYMMETRIC, "", PlantedCodeFault::nibblesSwapped),
    NIBBLES_SWAPPED_WITH_ZERO_POINTS(4, ZeroPoint.ASYMMETRIC, "", PlantedCodeFault::nibblesSwapped),
    ROWS_OF_SCALES_EXCHANGED(4, ZeroPoint.SYMMETRIC, "_scale", PlantedCodeFault::rowsExchanged),
    ROWS_OF_SCALES_OF_8_BITS_EXCHANGED(8, ZeroPoint.ASYMMETRIC, "_scale", PlantedCodeFault::rowsExchanged),
    SCALE_THAT_IS_NO_NUMBER(4, ZeroPoint.SYMMETRIC, "_scale", bytes -> flipped(bytes, 7, 0x7F)),
    ZERO_POINT_OF_4_BITS_ONE_OFF(4, ZeroPoint.ASYMMETRIC, "_zero", bytes -> flipped(bytes, 2, 0x01)),
    ZERO_POINT_OF_8_BITS_ONE_OFF(8, ZeroPoint.ASYMMETRIC, "_zero", bytes -> flipped(bytes, 2, 0x01));

    private static final String MATRIX = "layers.1.feed_forward.w2.weight_q";

    private final int bits;
    private final ZeroPoint zero;
    private final String part;
    private final UnaryOperator<byte[]> plant;

    PlantedCodeFault(int bits, ZeroPoint zero, String part, UnaryOperator<byte[]> plant) {
        this.bits = bits;
        this.zero = zero;
        this.part = part;
        this.plant = plant;
    }

    int bits() {
        return bits;
    }

    ZeroPoint zero() {
        return zero;
    }

    UnaryOperator<byte[]> plant() {
        return plant;
    }

    /** Name of the codes. */
    String codes() {
        return MATRIX + bits;
    }

    /** Name of the tensor to be found. */
    String place() {
        return codes() + part;
    }

    private static byte[] flipped(byte[] bytes, int at, int bits) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) bits;
        return changed;
    }

    private static byte[] nibblesSwapped(byte[] bytes) {
        byte[] changed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            changed[i] = (byte) (bytes[i] << 4 | (bytes[i] & 0xF0) >> 4);
        }
        return changed;
    }

    /** The first two, of three float32 each. */
    private static byte[] rowsExchanged(byte[] bytes) {
        byte[] changed = bytes.clone();
        int row = 3 * Float.BYTES;
        System.arraycopy(bytes, 0, changed, row, row);
        System.arraycopy(bytes, row, changed, 0, row);
        return changed;
    }
}

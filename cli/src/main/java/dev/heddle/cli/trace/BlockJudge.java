package dev.heddle.cli.trace;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges a matrix in blocks by the values that it was made from, row by row. Each code must be the nearest for its stored scale and zero point: a value within
 * the range of the codes is off by half a step at most, one beyond it by its distance to the nearest end. And no block may lose more than by plain rounding: a
 * search for a better scale, which may cut off the largest values, tries the plain one as well. Not thread-safe.
 */
final class BlockJudge {

    /** Halves are rounded either way, and steps are computed with one rounding more or less. */
    private static final double TIE = 1 + 1e-9;

    /** As squared errors are summed in other orders. */
    private static final double EQUAL_LOSS = 1 + 1e-3;

    private static final double ROUNDING = 1e-12;

    private final StoredBlocks stored;
    private final PlainRounding plain;
    private double lost;
    private double plainlyLost;
    private double size;
    private long wrongCodes;
    private long lossyBlocks;
    private @Nullable WrongCode worstCode;
    private @Nullable LossyBlock worstBlock;

    /** A code that is not the nearest. */
    record WrongCode(int row, int column, double source, int code, int zero, double scale) {
        double value() {
            return (code - zero) * scale;
        }

        double error() {
            double error = Math.abs(source - value());
            return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
        }
    }

    /**
     * A block that loses more than it must.
     *
     * @param relative error, Frobenius
     * @param plain what plain rounding would lose
     */
    record LossyBlock(int row, int block, double scale, double relative, double plain) {
        double excess() {
            return relative / plain;
        }
    }

    BlockJudge(StoredBlocks stored) {
        this.stored = stored;
        this.plain = new PlainRounding(stored.bits(), stored.hasZeroPoints(), stored.scaleType());
    }

    /** @param values of the source */
    void row(int row, double[] values, PackedIntegers codes) {
        for (int block = 0; block < stored.blocks(); block++) {
            block(row, block, values, codes);
        }
    }

    private void block(int row, int block, double[] values, PackedIntegers codes) {
        double scale = stored.scale(row, block);
        int zero = stored.zero(row, block);
        long wrongBefore = wrongCodes;
        double blockLost = 0;
        double blockSize = 0;
        for (int column = stored.start(block); column < stored.end(block); column++) {
            double value = values[column];
            int code = codes.at(column);
            double error = value - (code - zero) * scale;
            if (!isNearest(value, code, zero, scale, codes)) {
                wrong(new WrongCode(row, column, value, code, zero, scale));
            }
            blockLost += error * error;
            blockSize += value * value;
        }
        double blockPlain = plain.lost(values, stored.start(block), stored.end(block));
        boolean codesRight = wrongBefore == wrongCodes;
        if (codesRight && blockLost > blockPlain * EQUAL_LOSS * EQUAL_LOSS + ROUNDING * blockSize) {
            lossy(new LossyBlock(
                    row, block, scale, Math.sqrt(blockLost / blockSize), Math.sqrt(blockPlain / blockSize)));
        }
        lost += blockLost;
        plainlyLost += blockPlain;
        size += blockSize;
    }

    /** Whether no other code is nearer; of two that are as near, either. */
    static boolean isNearest(double value, int code, int zero, double scale, PackedIntegers codes) {
        double oneEnd = (codes.least() - zero) * scale;
        double otherEnd = (codes.largest() - zero) * scale;
        double beyond = Math.max(Math.min(oneEnd, otherEnd) - value, value - Math.max(oneEnd, otherEnd));
        double allowed = beyond > 0 ? beyond : Math.abs(scale) / 2;
        return Math.abs(value - (code - zero) * scale) <= allowed * TIE;
    }

    static int nearest(double value, int zero, double scale, PackedIntegers codes) {
        double steps = scale == 0 ? 0 : Math.rint(value / scale);
        return (int) Math.max(codes.least(), Math.min(codes.largest(), zero + steps));
    }

    private void wrong(WrongCode code) {
        wrongCodes++;
        if (worstCode == null || code.error() > worstCode.error()) {
            worstCode = code;
        }
    }

    private void lossy(LossyBlock block) {
        lossyBlocks++;
        if (worstBlock == null || block.excess() > worstBlock.excess()) {
            worstBlock = block;
        }
    }

    long wrongCodes() {
        return wrongCodes;
    }

    long lossyBlocks() {
        return lossyBlocks;
    }

    /** The one with the largest error. */
    Optional<WrongCode> worstCode() {
        return Optional.ofNullable(worstCode);
    }

    /** The one that loses most beside plain rounding. */
    Optional<LossyBlock> worstBlock() {
        return Optional.ofNullable(worstBlock);
    }

    /** Frobenius norm of the difference beside that of the source. */
    double relative() {
        return size == 0 ? 0 : Math.sqrt(lost / size);
    }

    /** The same of plain rounding. */
    double plainRelative() {
        return size == 0 ? 0 : Math.sqrt(plainlyLost / size);
    }
}

package dev.heddle.models.weight;

import dev.heddle.models.checkpoint.StoredTensor;
import java.util.Arrays;
import java.util.function.Function;

/**
 * The values that stored codes stand for, as float64: (code - zero point) * scale.
 *
 * @param block elements that share a scale and a zero point
 */
record CodeElements(int block, PackedNumbers codes, StoredTensor scales, ZeroPoints zeroPoints) implements BlockValues {

    /** Where zero lies among the codes of each block. */
    @FunctionalInterface
    interface ZeroPoints {
        /** Of blocks {@code first} to {@code first + count}. */
        int[] read(long first, int count);
    }

    /** @param parts gives the tensor of a part, of the part's type */
    static CodeElements of(Weight.Dequantized weight, Function<Weight.Part, StoredTensor> parts) {
        BlockFormat format = weight.of().format();
        PackedNumbers codes = new PackedNumbers(
                parts.apply(weight.part(BlockPart.CODES)),
                format.bits(),
                weight.layout().isSigned(format));
        return new CodeElements(
                format.block(), codes, parts.apply(weight.part(BlockPart.SCALES)), zeroPoints(weight, parts));
    }

    private static ZeroPoints zeroPoints(Weight.Dequantized weight, Function<Weight.Part, StoredTensor> parts) {
        BlockFormat format = weight.of().format();
        if (format.zero() == BlockFormat.ZeroPoint.SYMMETRIC) {
            int zero = weight.layout().isSigned(format) ? 0 : format.middle();
            return (first, count) -> {
                int[] same = new int[count];
                Arrays.fill(same, zero);
                return same;
            };
        }
        PackedNumbers stored = new PackedNumbers(parts.apply(weight.part(BlockPart.ZERO_POINTS)), format.bits(), false);
        if (weight.layout() == BlockLayout.INTEGERS) {
            return stored::read;
        }
        int perRow = Math.toIntExact(weight.shape().lengths()[1] / format.block());
        return (first, count) -> inPaddedRows(stored, perRow, first, count);
    }

    /** Each row begins at a byte. */
    private static int[] inPaddedRows(PackedNumbers stored, int perRow, long first, int count) {
        int perByte = Byte.SIZE / stored.bits();
        long paddedRow = (long) (perRow + perByte - 1) / perByte * perByte;
        int[] points = new int[count];
        for (int done = 0; done < count; ) {
            long at = first + done;
            int length = (int) Math.min(count - done, perRow - at % perRow);
            int[] row = stored.read(at / perRow * paddedRow + at % perRow, length);
            System.arraycopy(row, 0, points, done, length);
            done += length;
        }
        return points;
    }

    @Override
    public Values values(long first, int count) {
        double[] scale = new double[count];
        FloatFormat.of(scales.dtype()).decode(scales.read(first, count), 0, count, scale, 0);
        int[] zero = zeroPoints.read(first, count);
        int[] code = codes.read(first * block, Math.multiplyExact(count, block));
        return (index, at) -> (code[index * block + at] - zero[index]) * scale[index];
    }
}

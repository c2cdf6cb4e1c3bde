package dev.heddle.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of one matrix, coded by hand: int4 with the middle at 8. */
final class BlockJudgeTest {

    private record Stored(TensorType type, byte[] bytes) implements TensorData {
        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            // In pieces that end inside a row.
            for (int from = 0; from < bytes.length; from += 7) {
                out.write(ByteBuffer.wrap(bytes, from, Math.min(7, bytes.length - from)));
            }
        }
    }

    /** Codes of rows whose last block may be short, as {@code MatMulNBits} has them. */
    private static BlockTensors tensors(int[][] codes, float[][] scales, int block) {
        int blocks = scales[0].length;
        ByteBuffer bytes = ByteBuffer.allocate(codes.length * blocks * block / 2);
        ByteBuffer steps =
                ByteBuffer.allocate(codes.length * blocks * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < codes.length; row++) {
            int[] padded = Arrays.copyOf(codes[row], blocks * block);
            for (int at = 0; at < padded.length; at += 2) {
                bytes.put((byte) (padded[at] | padded[at + 1] << 4));
            }
            for (float scale : scales[row]) {
                steps.putFloat(scale);
            }
        }
        return new BlockTensors(
                new Initializer("w", new Stored(TensorType.of(DType.UINT8, bytes.capacity()), bytes.array())),
                new Initializer("s", new Stored(TensorType.of(DType.FLOAT32, codes.length, blocks), steps.array())),
                List.of(),
                4,
                block,
                false,
                true);
    }

    private static BlockJudge judge(double[][] values, int[][] codes, float[][] scales, int block) throws IOException {
        StoredBlocks stored =
                new StoredBlocks(tensors(codes, scales, block), new long[] {values.length, values[0].length});
        BlockJudge judge = new BlockJudge(stored);
        stored.read((row, of) -> judge.row(row, values[row], of));
        return judge;
    }

    private static int[][] nearest(double[][] values, float[][] scales, int block) {
        int[][] codes = new int[values.length][values[0].length];
        for (int row = 0; row < codes.length; row++) {
            for (int column = 0; column < codes[row].length; column++) {
                double steps = values[row][column] / scales[row][column / block];
                codes[row][column] = (int) Math.max(0, Math.min(15, Math.rint(steps) + 8));
            }
        }
        return codes;
    }

    private static double[][] random(int rows, int columns) {
        Random random = new Random(5);
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            Arrays.setAll(row, column -> random.nextGaussian());
        }
        return values;
    }

    /** A part of what plain rounding takes. */
    private static float[][] scales(double[][] values, int block, double part) {
        int blocks = (values[0].length + block - 1) / block;
        float[][] scales = new float[values.length][blocks];
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < values[row].length; column++) {
                int at = column / block;
                scales[row][at] = (float) Math.max(scales[row][at], Math.abs(values[row][column]) / 7 * part);
            }
        }
        return scales;
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64, 128, 256})
    void plainRounding_isRight_inBlocksOfAnySize(int block) throws IOException {
        double[][] values = random(3, 200);
        float[][] scales = scales(values, block, 1);

        BlockJudge judge = judge(values, nearest(values, scales, block), scales, block);

        assertThat(judge.wrongCodes()).isZero();
        assertThat(judge.lossyBlocks()).isZero();
        assertThat(judge.relative()).isBetween(0.05, 0.2).isCloseTo(judge.plainRelative(), within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"1.1, 1.02", "2, 1.7", "0.3, 2", "8, 6"})
    void scaleThatIsOff_isNamed_thoughItsCodesAreTheNearest(double part, double excess) throws IOException {
        double[][] values = random(3, 192);
        float[][] scales = scales(values, 64, 1);
        scales[1][2] *= (float) part;

        BlockJudge judge = judge(values, nearest(values, scales, 64), scales, 64);

        assertThat(judge.wrongCodes()).isZero();
        assertThat(judge.lossyBlocks()).isEqualTo(1);
        assertThat(judge.worstBlock()).hasValueSatisfying(worst -> {
            assertThat(worst.row()).isEqualTo(1);
            assertThat(worst.block()).isEqualTo(2);
            assertThat(worst.excess()).isGreaterThan(excess);
        });
    }

    @Test
    void valuesBeyondTheCodes_needTheEndOfTheirs() throws IOException {
        double[][] values = new double[1][16];
        values[0][3] = 20;
        values[0][4] = -20;
        float[][] scales = {{1}};

        assertThat(judge(values, codes(3, 15, 4, 0), scales, 16).wrongCodes()).isZero();
        assertThat(judge(values, codes(3, 14, 4, 0), scales, 16).worstCode()).hasValueSatisfying(worst -> {
            assertThat(worst.column()).isEqualTo(3);
            assertThat(worst.value()).isEqualTo(6);
        });
        assertThat(judge(values, codes(3, 15, 4, 1), scales, 16).wrongCodes()).isEqualTo(1);
    }

    @Test
    void halves_mayBeRoundedEitherWay() throws IOException {
        double[][] values = new double[1][16];
        values[0][3] = 2.5;
        values[0][4] = -2.5;
        float[][] scales = {{1}};

        assertThat(judge(values, codes(3, 10, 4, 5), scales, 16).wrongCodes()).isZero();
        assertThat(judge(values, codes(3, 11, 4, 6), scales, 16).wrongCodes()).isZero();
        assertThat(judge(values, codes(3, 9, 4, 7), scales, 16).wrongCodes()).isEqualTo(2);
    }

    /** Places and their codes; all others have the middle. */
    private static int[][] codes(int... placed) {
        int[][] codes = new int[1][16];
        Arrays.fill(codes[0], 8);
        for (int i = 0; i < placed.length; i += 2) {
            codes[0][placed[i]] = placed[i + 1];
        }
        return codes;
    }

    @Test
    void zeros_haveAnyScale_butNoScaleHidesValues() throws IOException {
        assertThat(judge(new double[1][16], codes(), new float[][] {{0}}, 16).lossyBlocks())
                .isZero();
        assertThat(judge(random(1, 16), codes(), new float[][] {{0}}, 16).lossyBlocks())
                .isEqualTo(1);
        assertThat(judge(random(1, 16), codes(), new float[][] {{Float.NaN}}, 16)
                        .wrongCodes())
                .isEqualTo(16);
    }

    @Test
    void tensorsOfAnotherSize_areRefused() {
        double[][] values = random(2, 64);
        float[][] scales = scales(values, 32, 1);
        BlockTensors tensors = tensors(nearest(values, scales, 32), scales, 32);

        assertThatThrownBy(() -> new StoredBlocks(tensors, new long[] {2, 96}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected 96 bytes of codes for int4 in blocks of 32, got uint8[64]");
    }
}

package dev.heddle.models.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.exporter.graph.DType;
import dev.heddle.models.weight.BlockFormat.ScaleChoice;
import dev.heddle.models.weight.BlockFormat.ZeroPoint;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class BlockRoundingTest {

    private static final int BLOCK = 32;

    private static BlockFormat format(int bits, ZeroPoint zero, ScaleChoice scales) {
        return new BlockFormat(bits, BLOCK, zero, scales, DType.FLOAT32);
    }

    static Stream<BlockFormat> formats() {
        return BlockFormat.BITS.stream().flatMap(bits -> Arrays.stream(ZeroPoint.values())
                .flatMap(zero -> Arrays.stream(ScaleChoice.values()).map(scales -> format(bits, zero, scales))));
    }

    private static double[] gaussian(long seed, double mean) {
        Random random = new Random(seed);
        return IntStream.range(0, BLOCK)
                .mapToDouble(index -> mean + random.nextGaussian())
                .toArray();
    }

    private static double[] values(Block block) {
        return IntStream.range(0, BLOCK).mapToDouble(block::value).toArray();
    }

    private static double squaredError(double[] values, Block block) {
        return IntStream.range(0, BLOCK)
                .mapToDouble(index -> Math.pow(values[index] - block.value(index), 2))
                .sum();
    }

    @Test
    void symmetricNearest_givesTheLargestValueTheLargestCode() {
        double[] values = new double[BLOCK];
        values[3] = -14;
        values[4] = 2;
        values[5] = 2.9;
        values[6] = 3.1;

        Block block = BlockRounding.of(format(4, ZeroPoint.SYMMETRIC, ScaleChoice.NEAREST))
                .round(values, 0);

        assertThat(block.scale()).isEqualTo(2);
        assertThat(block.zero()).isEqualTo(8);
        assertThat(Arrays.copyOfRange(block.codes(), 2, 7)).containsExactly(8, 1, 9, 9, 10);
        assertThat(block.error()).isCloseTo(2 * 0.81, within(1e-12));
    }

    @Test
    void asymmetric_usesAllCodesOfAOneSidedBlock() {
        double[] values =
                IntStream.range(0, BLOCK).mapToDouble(index -> index % 16).toArray();

        Block block = BlockRounding.of(format(4, ZeroPoint.ASYMMETRIC, ScaleChoice.NEAREST))
                .round(values, 0);

        assertThat(block.scale()).isEqualTo(1);
        assertThat(block.zero()).isZero();
        assertThat(values(block)).containsExactly(values);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void error_isWhatTheValuesLost(BlockFormat format) {
        double[] values = gaussian(1, 0.3);

        Block block = BlockRounding.of(format).round(values, 0);

        assertThat(block.error()).isCloseTo(squaredError(values, block), within(1e-12));
        assertThat(block.error()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void zeros_stayZeros(BlockFormat format) {
        Block block = BlockRounding.of(format).round(new double[BLOCK], 0);

        assertThat(values(block)).containsOnly(0);
        assertThat(block.error()).isZero();
    }

    /** What rounding the largest value away saves elsewhere: at least 5 % of the squared error of 4 bits. */
    @Test
    void search_losesLessThanNearest() {
        for (ZeroPoint zero : ZeroPoint.values()) {
            double nearest = 0;
            double searched = 0;
            for (int seed = 0; seed < 200; seed++) {
                double[] values = gaussian(seed, 0);
                nearest += BlockRounding.of(format(4, zero, ScaleChoice.NEAREST))
                        .round(values, 0)
                        .error();
                searched += BlockRounding.of(format(4, zero, ScaleChoice.SEARCH))
                        .round(values, 0)
                        .error();
            }
            assertThat(searched).as(zero.name()).isLessThan(0.95 * nearest);
        }
    }

    @Test
    void scales_areRoundedToTheirType() {
        BlockFormat format = new BlockFormat(8, BLOCK, ZeroPoint.SYMMETRIC, ScaleChoice.SEARCH, DType.BFLOAT16);

        double scale = BlockRounding.of(format).round(gaussian(5, 0), 0).scale();

        assertThat(scale).isPositive().isEqualTo(FloatFormat.BFLOAT16.round(scale));
    }
}

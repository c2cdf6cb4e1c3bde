package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.HostTensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ToleranceTableTest {
    private static final int LAYERS = 32;

    @Test
    void logitsOfFloat32_keepTheirBound() {
        assertThat(ToleranceTable.logits(Precision.FLOAT32)).isEqualTo(new Bound.EachValue(new Tolerance(1e-5, 1e-4)));
    }

    @Test
    void table_growsLooserWithFewerBits() {
        var precisions =
                List.of(Precision.EXACT, Precision.FLOAT64, Precision.FLOAT32, Precision.FLOAT16, Precision.BFLOAT16);

        assertThat(precisions)
                .isSortedAccordingTo(Comparator.comparingDouble(
                        precision -> ToleranceTable.logits(precision).perValue().bound(1)))
                .isSortedAccordingTo(
                        Comparator.comparingDouble(precision -> ToleranceTable.values(precision, Depth.layers(4))
                                .perValue()
                                .bound(1)))
                .isSortedAccordingTo(Comparator.comparingDouble(ToleranceTable::tieMargin));
    }

    @Test
    void values_growWithTheRootOfTheDepth() {
        double one = ToleranceTable.values(Precision.FLOAT32, Depth.nodes(1))
                .perValue()
                .absolute();

        assertThat(one).isEqualTo(10 * 0x1p-24);
        assertThat(ToleranceTable.values(Precision.FLOAT32, Depth.nodes(900)).perValue())
                .isEqualTo(new Tolerance(30 * one, 30 * one));
        assertThat(Depth.layers(30)).isEqualTo(Depth.nodes(900));
    }

    @Test
    void lines_showTheRowAndItsOrigin() {
        assertThat(ToleranceTable.lines(Precision.FLOAT32))
                .containsExactly(
                        "float32, u = 6e-8",
                        "logits: 1e-5*largest + 1e-4*|expected|",
                        "values: 10 u sqrt(roundings); after 1 layer 3.3e-6*largest + 3.3e-6*|expected|;"
                                + " after 32 layers 1.8e-5*largest + 1.8e-5*|expected|",
                        "tie margin: 1e-2",
                        "origin: measured, exported models of 1 to 64 layers: at most 3.3 u sqrt(nodes);"
                                + " logits 8e-7 to 8e-6");
    }

    @ParameterizedTest
    @EnumSource
    void everyRow_hasAnOrigin(Precision precision) {
        assertThat(ToleranceTable.lines(precision)).last().asString().hasSizeGreaterThan("origin: ".length());
    }

    /** What the float rows say of their origin: the worst of 3 seeds and all depths, in u sqrt(nodes). */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 24, 0.3, 2", "FLOAT16, 11, 0.3, 0.5", "BFLOAT16, 8, 0.3, 0.5"})
    void simulatedErrors_areAThirdOfTheTable(Precision precision, int bits, double least, double most) {
        DoubleUnaryOperator sums = x -> (float) x;
        var rounded = ResidualStack.storing(ResidualStack.rounding(bits), sums);
        double worst = 0;
        for (long seed = 1; seed <= 3; seed++) {
            List<double[][]> right = ResidualStack.exact().run(seed, LAYERS);
            List<double[][]> judged = rounded.run(seed, LAYERS);
            for (int layer = 1; layer <= LAYERS; layer++) {
                var depth = Depth.nodes(layer * ResidualStack.NODES);
                var compared = values(precision, depth, right.get(layer - 1), judged.get(layer - 1));
                assertThat(compared.passed())
                        .as("layer %d: %s", layer, compared.line())
                        .isTrue();
                worst = Math.max(worst, compared.errors().scaleRelative() / Math.sqrt(depth.nodes()));
            }
            var logits = TensorComparer.of(precision)
                    .logits("logits", tensor(right.get(LAYERS)), tensor(judged.get(LAYERS)));
            assertThat(logits.passed()).as(logits.line()).isTrue();
        }

        assertThat(worst / precision.unitRoundoff()).isBetween(least, most);
    }

    /** What the rows of rounded blocks say of theirs. */
    @ParameterizedTest
    @CsvSource({
        "INT8_WEIGHTS, 8, 0, 0.1",
        "INT4_WEIGHTS, 4, 0, 0.1",
        // Models with norms within attention enlarge more than this one: they set the row.
        "INT8_ACTIVATIONS, 0, 8, 0.08",
        "INT8_ACTIVATIONS, 8, 8, 0.1"
    })
    void simulatedBlocks_keepTheirRows(Precision precision, int weightBits, int activationBits, double least) {
        var rounded = ResidualStack.inBlocks(weightBits, activationBits);
        List<double[][]> right = ResidualStack.exact().run(1, LAYERS);
        List<double[][]> judged = rounded.run(1, LAYERS);

        for (int layer = 1; layer <= LAYERS; layer++) {
            var compared = values(precision, Depth.layers(layer), right.get(layer - 1), judged.get(layer - 1));
            assertThat(compared.severity()).as(compared.line()).isBetween(least, 0.7);
        }
        var logits =
                TensorComparer.of(precision).logits("logits", tensor(right.get(LAYERS)), tensor(judged.get(LAYERS)));
        assertThat(logits.severity()).as(logits.line()).isBetween(0.05, 1.0);
    }

    @Test
    void fourBitsInTheNameOfEight_areFound() {
        var rounded = ResidualStack.inBlocks(4, 0);
        var logits = TensorComparer.of(Precision.INT8_WEIGHTS)
                .logits(
                        "logits",
                        tensor(ResidualStack.exact().run(1, 2).get(2)),
                        tensor(rounded.run(1, 2).get(2)));

        assertThat(logits.passed()).isFalse();
    }

    private static TensorComparison.Values values(
            Precision precision, Depth depth, double[][] expected, double[][] actual) {
        return (TensorComparison.Values)
                TensorComparer.of(precision).values("h", depth, tensor(expected), tensor(actual));
    }

    private static HostTensor tensor(double[][] rows) {
        double[] flat = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
        assertThat(IntStream.range(0, flat.length)).allMatch(i -> Double.isFinite(flat[i]));
        return HostTensor.ofDoubles(flat, rows.length, rows[0].length);
    }
}

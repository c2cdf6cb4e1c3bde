package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TensorComparerTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final TensorComparer COMPARER = TensorComparer.of(Precision.FLOAT32);
    private static final Bound BOUND = new Bound.EachValue(new Tolerance(1e-5, 1e-4));
    private static final Bound EXACT = new Bound.EachValue(Tolerance.exact());

    @Test
    void statistics_areThoseOfTheDefinitions() {
        ErrorStatistics errors = values(new double[] {1, -2, 0, 4}, new float[] {1.5f, -2, 0.25f, 3})
                .errors();

        assertThat(errors.count()).isEqualTo(4);
        assertThat(errors.outside()).isEqualTo(3);
        assertThat(errors.broken()).isZero();
        assertThat(errors.worstPart()).isEqualTo(0.25 / 1e-5);
        assertThat(errors.largestExpected()).isEqualTo(4);
        assertThat(errors.absolute()).isEqualTo(new ErrorSummary(1, 1.75 / 4, 1));
        assertThat(errors.relative())
                .isEqualTo(new ErrorSummary(
                        250, (0.5 + 0 + 250 + 0.25) / 4, errors.relative().p99()));
        assertThat(errors.relative().p99()).isCloseTo(250, within(250 * LogHistogram.QUANTILE_ERROR));
        assertThat(errors.scaleRelative()).isEqualTo(0.25);
        double squares = 0.25 + 0.0625 + 1;
        assertThat(errors.l2Relative()).isEqualTo(Math.sqrt(squares / 21));
        assertThat(errors.snrDecibels()).isEqualTo(10 * Math.log10(21 / squares));
        double lengths = Math.sqrt(21) * Math.sqrt(1.5 * 1.5 + 4 + 0.25 * 0.25 + 9);
        assertThat(errors.cosine()).isCloseTo((1.5 + 4 + 12) / lengths, within(1e-15));
    }

    @Test
    void ulps_areCountedInTheTypeOfTheJudgedTensor() {
        float one = 1;
        float[] actual = {one, Math.nextUp(one), one + 2 * Math.ulp(one), one + 4 * Math.ulp(one), -one};

        List<Long> counts =
                values(new double[] {1, 1, 1, 1, 1}, actual).errors().ulps().counts();

        assertThat(counts.subList(0, 5)).containsExactly(1L, 1L, 1L, 1L, 0L);
        assertThat(counts.get(UlpHistogram.BINS - 1)).isOne();
    }

    @Test
    void coarsePrecision_countsItsOwnLastPlace() {
        // 1 + 2^-10 is the next float16 after 1, and 8192 steps of float32 away.
        var comparison = (TensorComparison.Values) TensorComparer.of(Precision.FLOAT16)
                .logits(
                        "y",
                        HostTensor.ofDoubles(new double[] {1}, 1),
                        HostTensor.ofFloats(new float[] {1 + 0x1p-10f}, 1));

        assertThat(comparison.errors().ulps().counts().get(1)).isOne();
    }

    @Test
    void equalTensors_haveNoNoise() {
        ErrorStatistics errors =
                values(new double[] {0.5, -3}, new float[] {0.5f, -3}).errors();

        assertThat(errors.snrDecibels()).isEqualTo(INF);
        assertThat(errors.l2Relative()).isZero();
        assertThat(errors.worstPart()).isZero();
    }

    @Test
    void equalTensors_pass() {
        var comparison = values(new double[] {0.5, -3}, new float[] {0.5f, -3});

        assertThat(comparison.passed()).isTrue();
        assertThat(comparison.line())
                .isEqualTo("y: 2 within 1e-5 + 1e-4*|expected|, worst at [0]: expected 0.5000000, got 0.5000000"
                        + " (abs 0), cosine 1.000000000");
    }

    @Test
    void difference_isPrintedWithItsPlaceAndBound() {
        double[] expected = new double[24];
        float[] actual = new float[24];
        expected[17] = 0.125;
        actual[17] = 0.1251831f;
        var comparison = COMPARER.within(
                BOUND, "context", HostTensor.ofDoubles(expected, 2, 3, 4), HostTensor.ofFloats(actual, 2, 3, 4));

        assertThat(comparison.passed()).isFalse();
        assertThat(comparison.line())
                .isEqualTo("context: 1 of 24 differ, worst at [1,1,1]: expected 0.1250000, got 0.1251831"
                        + " (abs 1.8e-4 > 1e-5 + 1e-4*|expected|)");
    }

    @Test
    void worst_isTheLargestPartOfItsBound() {
        // 0.01 of 100 is within its bound of 0.01001, 0.001 of 0 is far beyond 0.00001.
        var comparison = values(new double[] {100, 0}, new float[] {100.01f, 0.001f});

        assertThat(comparison.worst().get(0).index()).containsExactly(1L);
        assertThat(comparison.errors().outside()).isEqualTo(1);
    }

    @Test
    void masks_doNotHideTheOtherValues() {
        HostTensor expected = HostTensor.ofDoubles(new double[] {-3.4e38, 3, 4}, 3);
        HostTensor actual = HostTensor.ofDoubles(new double[] {-3.4e38, 3.6, 4.8}, 3);

        var byLength = (TensorComparison.Values) COMPARER.within(new Bound.Length(0.19), "y", expected, actual);

        assertThat(byLength.passed()).isFalse();
        assertThat(byLength.errors().largestExpected()).isEqualTo(4);
        assertThat(COMPARER.outputs("y", expected, actual).passed()).isFalse();
    }

    @Test
    void worstPairs_areNamedWorstFirst() {
        double[] expected = new double[12];
        float[] actual = {0, 3, 0, 1, 5, 0, 3, 2, 0, 0, 0, 0};

        var comparison = (TensorComparison.Values) new TensorComparer(Precision.FLOAT32, List.of(), 3)
                .within(BOUND, "y", HostTensor.ofDoubles(expected, 3, 4), HostTensor.ofFloats(actual, 3, 4));

        assertThat(comparison.worst())
                .containsExactly(
                        new WorstElement(List.of(1L, 0L), 0, 5),
                        new WorstElement(List.of(0L, 1L), 0, 3),
                        new WorstElement(List.of(1L, 2L), 0, 3));
    }

    @ParameterizedTest
    @CsvSource({"NaN, 1, 1, 0", "1, NaN, 0, 1", "NaN, NaN, 1, 1"})
    void nan_neverPasses(double expected, float actual, long expectedNans, long actualNans) {
        var comparison = values(new double[] {0, expected}, new float[] {0, actual});

        assertThat(comparison.passed()).isFalse();
        assertThat(comparison.errors().broken()).isOne();
        assertThat(comparison.errors().expectedNonFinite()).isEqualTo(new NonFinite(expectedNans, 0));
        assertThat(comparison.errors().actualNonFinite()).isEqualTo(new NonFinite(actualNans, 0));
        assertThat(comparison.errors().absolute().max()).isZero();
        assertThat(comparison.worst().get(0).index()).containsExactly(1L);
    }

    @ParameterizedTest
    @CsvSource({"Infinity, 1, 1, 0", "1, -Infinity, 0, 1", "Infinity, -Infinity, 1, 1"})
    void unequalInfinity_fails(double expected, float actual, long expectedCount, long actualCount) {
        var comparison = values(new double[] {0, expected}, new float[] {0, actual});

        assertThat(comparison.passed()).isFalse();
        assertThat(comparison.errors().broken()).isOne();
        assertThat(comparison.errors().expectedNonFinite()).isEqualTo(new NonFinite(0, expectedCount));
        assertThat(comparison.errors().actualNonFinite()).isEqualTo(new NonFinite(0, actualCount));
    }

    @Test
    void equalInfinity_passesAndIsCounted() {
        var comparison = values(new double[] {2, -INF}, new float[] {2, Float.NEGATIVE_INFINITY});

        assertThat(comparison.passed()).isTrue();
        assertThat(comparison.errors().broken()).isZero();
        assertThat(comparison.errors().expectedNonFinite()).isEqualTo(new NonFinite(0, 1));
        assertThat(comparison.errors().cosine()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("looseBounds")
    void looseBound_refusesNanToo(Bound bound) {
        var comparison = COMPARER.within(
                bound,
                "y",
                HostTensor.ofDoubles(new double[] {1, 2}, 2),
                HostTensor.ofFloats(new float[] {1, Float.NaN}, 2));

        assertThat(comparison.passed()).isFalse();
    }

    static List<Bound> looseBounds() {
        return List.of(new Bound.Length(1e9), new Bound.EachValue(new Tolerance(1e9, 1e9)));
    }

    @ParameterizedTest
    @CsvSource({"0.19, false", "0.21, true"})
    void length_boundsTheErrorAsAVector(double allowed, boolean passes) {
        // Errors of 0.6 and 0.8 are 1 together, and the expected values are 5 together.
        var comparison = COMPARER.within(
                new Bound.Length(allowed),
                "y",
                HostTensor.ofDoubles(new double[] {3, 4}, 2),
                HostTensor.ofDoubles(new double[] {3.6, 4.8}, 2));

        assertThat(comparison.passed()).isEqualTo(passes);
        assertThat(comparison.severity()).isCloseTo(0.2 / allowed, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "0, 1, 0", "1, 0, 0"})
    void cosineOfZeroVectors_isDefined(double expected, float actual, double cosine) {
        assertThat(values(new double[] {expected}, new float[] {actual})
                        .errors()
                        .cosine())
                .isEqualTo(cosine);
    }

    @Test
    void scaleRelative_ofZeros_isZeroOrInfinite() {
        assertThat(values(new double[] {0}, new float[] {0}).errors().scaleRelative())
                .isZero();
        assertThat(values(new double[] {0}, new float[] {1}).errors().scaleRelative())
                .isEqualTo(INF);
    }

    @Test
    void otherShape_isADifferenceNotAnError() {
        var comparison = COMPARER.within(
                EXACT, "y", HostTensor.zeros(DType.FLOAT64, 2, 3), HostTensor.zeros(DType.FLOAT32, 3, 2));

        assertThat(comparison.passed()).isFalse();
        assertThat(comparison.line()).isEqualTo("y: expected float64 [2, 3], got float32 [3, 2]");
    }

    @Test
    void emptyTensors_pass() {
        var comparison = COMPARER.within(
                EXACT, "y", HostTensor.zeros(DType.FLOAT64, 0, 3), HostTensor.zeros(DType.FLOAT32, 0, 3));

        assertThat(comparison.passed()).isTrue();
        assertThat(comparison.line()).isEqualTo("y: no values");
    }

    @Test
    void scalar_hasAPlaceWithoutAxes() {
        var comparison = (TensorComparison.Values) COMPARER.within(
                EXACT, "y", HostTensor.ofDoubles(new double[] {1}), HostTensor.ofFloats(new float[] {1}));

        assertThat(comparison.worst().get(0).index()).isEmpty();
        assertThat(comparison.passed()).isTrue();
    }

    private static TensorComparison.Values values(double[] expected, float[] actual) {
        return (TensorComparison.Values) COMPARER.within(
                BOUND,
                "y",
                HostTensor.ofDoubles(expected, expected.length),
                HostTensor.ofFloats(actual, actual.length));
    }
}

package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorComparisonTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;

    @Test
    void statistics_areThoseOfTheDefinitions() {
        ErrorStatistics errors = values(new double[] {1, -2, 0, 4}, new float[] {1.5f, -2, 0.25f, 3})
                .errors();

        assertThat(errors.count()).isEqualTo(4);
        assertThat(errors.outside()).isEqualTo(3);
        assertThat(errors.maxAbsolute()).isEqualTo(1);
        assertThat(errors.meanAbsolute()).isEqualTo(1.75 / 4);
        assertThat(errors.maxRelative()).isEqualTo(0.25 / ErrorStatistics.RELATIVE_FLOOR);
        assertThat(errors.scaleRelative()).isEqualTo(0.25);
        double lengths = Math.sqrt(21) * Math.sqrt(1.5 * 1.5 + 4 + 0.25 * 0.25 + 9);
        assertThat(errors.cosine()).isCloseTo((1.5 + 4 + 12) / lengths, within(1e-15));
    }

    @Test
    void equalTensors_pass() {
        var comparison = values(new double[] {0.5, -3}, new float[] {0.5f, -3});

        assertThat(comparison.passed()).isTrue();
        assertThat(comparison.line())
                .isEqualTo("output y: 2 within 1e-5 + 1e-4*|expected|, worst at [0]: expected 0.5000000, got 0.5000000"
                        + " (abs 0), cosine 1.000000000, argmax 1 of 1");
    }

    @Test
    void difference_isPrintedWithItsPlaceAndBound() {
        double[] expected = new double[24];
        float[] actual = new float[24];
        expected[17] = 0.125;
        actual[17] = 0.1251831f;
        var comparison = TensorComparison.of(
                "context",
                HostTensor.ofDoubles(expected, 2, 3, 4),
                HostTensor.ofFloats(actual, 2, 3, 4),
                new Tolerance(1e-5, 1e-4),
                0);

        assertThat(comparison.passed()).isFalse();
        assertThat(comparison.line())
                .isEqualTo("output context: 1 of 24 differ, worst at [1,1,1]: expected 0.1250000, got 0.1251831"
                        + " (abs 1.8e-4 > 1e-5 + 1e-4*|expected|)");
    }

    @Test
    void worst_isTheLargestPartOfItsBound() {
        // 0.01 of 100 is within its bound of 0.01001, 0.001 of 0 is far beyond 0.00001.
        var comparison = values(new double[] {100, 0}, new float[] {100.01f, 0.001f});

        assertThat(comparison.worst().index()).containsExactly(1L);
        assertThat(comparison.errors().outside()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"NaN, 1", "1, NaN", "NaN, NaN"})
    void nan_neverPasses(double expected, float actual) {
        var comparison = values(new double[] {0, expected}, new float[] {0, actual});

        assertThat(comparison.passed()).isFalse();
        assertThat(comparison.errors().nans()).isEqualTo(1);
        assertThat(comparison.errors().maxAbsolute()).isZero();
        assertThat(comparison.worst().index()).containsExactly(1L);
    }

    @ParameterizedTest
    @CsvSource({"Infinity, 1", "1, -Infinity", "Infinity, -Infinity"})
    void unequalInfinity_fails(double expected, float actual) {
        var comparison = values(new double[] {0, expected}, new float[] {0, actual});

        assertThat(comparison.passed()).isFalse();
        assertThat(comparison.errors().infinities()).isEqualTo(1);
    }

    @Test
    void equalInfinity_passesAndIsCounted() {
        var comparison = values(new double[] {2, -INF}, new float[] {2, Float.NEGATIVE_INFINITY});

        assertThat(comparison.passed()).isTrue();
        assertThat(comparison.errors().infinities()).isEqualTo(1);
        assertThat(comparison.errors().cosine()).isEqualTo(1);
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
    void argmax_countsEqualRowsAndNearTies() {
        double[] expected = {1, 2, 3, 1, 2.99, 3, 1, 2, 3, 1, NAN, 3};
        float[] actual = {1, 2, 4, 1, 3, 2, 3, 2, 1, 1, 2, 3};
        var comparison = (TensorComparison.Values) TensorComparison.of(
                "logits",
                HostTensor.ofDoubles(expected, 4, 3),
                HostTensor.ofFloats(actual, 4, 3),
                Tolerance.absolute(10),
                0.02);

        assertThat(comparison.argmax())
                .isEqualTo(new ArgmaxAgreement(4, 1, 1))
                .hasToString("argmax 1 of 4, 1 near tie");
    }

    @Test
    void equalValues_countByTheirFirstPlace() {
        var comparison = values(new double[] {3, 3, 1}, new float[] {3, 3, 1});

        assertThat(comparison.argmax()).isEqualTo(new ArgmaxAgreement(1, 1, 0));
    }

    @Test
    void otherShape_isADifferenceNotAnError() {
        var comparison = TensorComparison.of(
                "y",
                HostTensor.zeros(DType.FLOAT64, 2, 3),
                HostTensor.zeros(DType.FLOAT32, 3, 2),
                Tolerance.exact(),
                0);

        assertThat(comparison.passed()).isFalse();
        assertThat(comparison.line()).isEqualTo("output y: expected float64 [2, 3], got float32 [3, 2]");
    }

    @Test
    void emptyTensors_pass() {
        var comparison = TensorComparison.of(
                "y",
                HostTensor.zeros(DType.FLOAT64, 0, 3),
                HostTensor.zeros(DType.FLOAT32, 0, 3),
                Tolerance.exact(),
                0);

        assertThat(comparison.passed()).isTrue();
        assertThat(comparison.line()).isEqualTo("output y: no values");
    }

    @Test
    void scalar_isOneRow() {
        var comparison = (TensorComparison.Values) TensorComparison.of(
                "y",
                HostTensor.ofDoubles(new double[] {1}),
                HostTensor.ofFloats(new float[] {1}),
                Tolerance.exact(),
                0);

        assertThat(comparison.worst().index()).isEmpty();
        assertThat(comparison.argmax().rows()).isOne();
    }

    private static TensorComparison.Values values(double[] expected, float[] actual) {
        return (TensorComparison.Values) TensorComparison.of(
                "y",
                HostTensor.ofDoubles(expected, expected.length),
                HostTensor.ofFloats(actual, actual.length),
                new Tolerance(1e-5, 1e-4),
                0);
    }
}

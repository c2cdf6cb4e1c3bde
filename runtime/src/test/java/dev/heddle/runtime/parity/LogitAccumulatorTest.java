package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.runtime.session.HostTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogitAccumulatorTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;

    @Test
    void argmax_countsEqualRowsAndNearTies() {
        double[] expected = {1, 2, 3, 1, 2.99, 3, 1, 2, 3, 1, NAN, 3};
        double[] actual = {1, 2, 4, 1, 3, 2, 3, 2, 1, 1, 2, 3};

        assertThat(agreement(3, 0.02, expected, actual).argmax())
                .isEqualTo(new ArgmaxAgreement(4, 1, 1))
                .hasToString("argmax 1 of 4, 1 near tie");
    }

    @Test
    void equalValues_countByTheirFirstPlace() {
        double[] row = {3, 3, 1};

        assertThat(agreement(3, 0, row, row).argmax()).isEqualTo(new ArgmaxAgreement(1, 1, 0));
    }

    @Test
    void topK_isTheShareOfCommonPlaces() {
        double[] expected = {5, 4, 3, 0, 0, 0, 5, 4, 3, 0, 0, 0};
        double[] actual = {3, 4, 5, 0, 0, 0, 5, 4, 0, 3, 0, 0};

        assertThat(agreement(6, 0, expected, actual).topK())
                .containsExactly(new TopKAgreement(3, 1, (1 + 0.5) / 2, 0.5), new TopKAgreement(6, 2, 1, 1));
    }

    @Test
    void divergence_isThatOfASoftmaxInFloat64() {
        // p = (3/4, 1/4) and q = (1/2, 1/2), then p = q.
        double[] expected = {Math.log(3), 0, 7, 7};
        double[] actual = {0, 0, 1, 1};
        double divergence = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);

        KlDivergence kl = agreement(2, 0, expected, actual).kl();

        assertThat(kl.max()).isCloseTo(divergence, within(1e-15));
        assertThat(kl.mean()).isCloseTo(divergence / 2, within(1e-15));
    }

    @Test
    void largeLogits_doNotOverflow() {
        double[] expected = {1e5 + Math.log(3), 1e5};
        double[] actual = {-1e5, -1e5};

        double divergence = agreement(2, 0, expected, actual).kl().max();

        assertThat(divergence).isCloseTo(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), within(1e-9));
    }

    @Test
    void impossibleToken_isAnInfiniteDivergence() {
        assertThat(agreement(2, 0, new double[] {0, 0}, new double[] {0, -INF})
                        .kl()
                        .max())
                .isEqualTo(INF);
        assertThat(agreement(2, 0, new double[] {0, -INF}, new double[] {0, -INF})
                        .kl()
                        .max())
                .isZero();
    }

    @Test
    void nan_isNoAgreementAtAll() {
        LogitAgreement agreement = agreement(2, 0, new double[] {1, 0}, new double[] {1, NAN});

        assertThat(agreement.argmax()).isEqualTo(new ArgmaxAgreement(1, 0, 0));
        assertThat(agreement.kl().mean()).isEqualTo(INF);
        assertThat(agreement.topK())
                .allSatisfy(topK -> assertThat(topK.meanJaccard()).isZero());
    }

    @Test
    void logitsBehindRoundedWeights_areJudgedByTheLengthOfTheirError() {
        HostTensor expected = HostTensor.ofDoubles(new double[] {3, 4}, 1, 2);
        HostTensor near = HostTensor.ofDoubles(new double[] {3, 3}, 1, 2);
        HostTensor opposite = HostTensor.ofDoubles(new double[] {-3, -4}, 1, 2);
        var comparer = new TensorComparer(Precision.INT4_WEIGHTS, List.of(1), 1);

        // A fifth of the length, of 0.9 that int4 allows.
        assertThat(comparer.logits("y", expected, near).severity()).isCloseTo(0.2 / 0.9, within(1e-12));
        assertThat(comparer.logits("y", expected, opposite).passed()).isFalse();
    }

    private static LogitAgreement agreement(int width, double tieMargin, double[] expected, double[] actual) {
        var rows = new LogitAccumulator(width, tieMargin, List.of(3, 10));
        for (int i = 0; i < expected.length; i++) {
            rows.add(expected[i], actual[i]);
        }
        return rows.agreement();
    }
}

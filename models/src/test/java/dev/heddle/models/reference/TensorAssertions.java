package dev.heddle.models.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Comparisons of tensors that name the worst element; AssertJ's own comparison of long arrays takes minutes when it
 * fails.
 */
public final class TensorAssertions {

    private TensorAssertions() {}

    /** Requires equal shapes, and elements that differ by at most {@code tolerance}; a NaN is never close. */
    public static void assertClose(DoubleTensor actual, DoubleTensor expected, double tolerance) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertClose(actual.data(), expected.data(), tolerance);
    }

    public static void assertClose(double[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        int far = 0;
        int worst = 0;
        for (int index = 0; index < actual.length; index++) {
            double difference = Math.abs(actual[index] - expected[index]);
            if (!(difference <= tolerance)) {
                far++;
                worst = difference > Math.abs(actual[worst] - expected[worst]) ? index : worst;
            }
        }
        if (far > 0) {
            fail("%d of %d elements differ by more than %s, worst at %d: expected %s, got %s"
                    .formatted(far, actual.length, tolerance, worst, expected[worst], actual[worst]));
        }
    }
}

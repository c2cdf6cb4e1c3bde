package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.HostTensor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SectionBuilderTest {
    private static final Bound BOUND = new Bound.EachValue(Tolerance.absolute(1));

    private final SectionBuilder builder = new SectionBuilder("all values", TensorComparer.of(Precision.FLOAT32));

    @Test
    void tooManyComparisons_leaveTheWorstAndCountAll() {
        int many = SectionBuilder.KEPT + 100;
        HostTensor zero = HostTensor.ofDoubles(new double[] {0}, 1);

        for (int i = 0; i < many; i++) {
            double error = i % 1000 == 0 ? 2 : i * 1e-6;
            builder.within(BOUND, "t" + i, zero, HostTensor.ofDoubles(new double[] {error}, 1));
        }
        Section section = builder.build();

        assertThat(section.passedTensors()).isEqualTo(many - 6);
        assertThat(section.failedTensors()).isEqualTo(6);
        assertThat(section.leftOut()).isEqualTo(100);
        // t0 failed and stays, t1 to t100 were the best, the rest is in order.
        assertThat(section.comparisons()).hasSize(SectionBuilder.KEPT);
        assertThat(section.comparisons().subList(0, 2))
                .extracting(TensorComparison::name)
                .containsExactly("t0", "t101");
    }

    @Test
    void tooManyFindings_leaveTheFailures() {
        IntStream.range(0, SectionBuilder.KEPT + 5).forEach(i -> builder.add(Finding.note("step " + i, "fine")));
        builder.add(Finding.fail("last", "bad"));

        Section section = builder.build();

        assertThat(section.findings()).hasSize(SectionBuilder.KEPT).contains(Finding.fail("last", "bad"));
        assertThat(section.failures()).isOne();
        assertThat(section.judged()).isOne();
        assertThat(section.leftOut()).isEqualTo(6);
    }

    @Test
    void worstTensor_isShownAsAMapOfItsWorstSlice() {
        double[] wrong = new double[12];
        wrong[7] = 3;
        wrong[10] = 2;
        builder.within(BOUND, "better", zeros(2, 2, 3), HostTensor.ofDoubles(new double[12], 2, 2, 3));
        builder.within(BOUND, "worst", zeros(2, 2, 3), HostTensor.ofDoubles(wrong, 2, 2, 3));
        builder.within(BOUND, "good", zeros(1), zeros(1));

        var map = (Illustration.ErrorMap) builder.build().illustrations().get(0);

        assertThat(map.title()).isEqualTo("|actual - expected| of worst[1,:,:]");
        assertThat(map.errors().rows()).isEqualTo(2);
        assertThat(map.errors().columns()).isEqualTo(3);
        assertThat(map.errors().at(0, 1)).isEqualTo(3);
        assertThat(map.errors().at(1, 1)).isEqualTo(2);
        assertThat(map.errors().at(0, 0)).isZero();
    }

    @Test
    void vector_isAMapOfOneRow() {
        builder.within(BOUND, "v", zeros(3), HostTensor.ofDoubles(new double[] {0, 5, 0}, 3));

        var map = (Illustration.ErrorMap) builder.build().illustrations().get(0);

        assertThat(map.title()).isEqualTo("|actual - expected| of v[:]");
        assertThat(map.errors().at(0, 1)).isEqualTo(5);
    }

    @Test
    void equalTensors_leaveNothingToShow() {
        builder.within(BOUND, "same", zeros(3), zeros(3));

        assertThat(builder.build().illustrations()).isEmpty();
    }

    private static HostTensor zeros(long... shape) {
        return HostTensor.ofDoubles(
                new double
                        [(int) IntStream.range(0, shape.length)
                                .mapToLong(i -> shape[i])
                                .reduce(1, (a, b) -> a * b)],
                shape);
    }
}

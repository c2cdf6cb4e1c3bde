package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** The metrics against plain ones that keep every value. */
final class MetricsPropertyTest {

    /** Values of many sizes, some of them equal on both sides, some 0. */
    private record Case(double[] expected, float[] actual) {
        static Case of(long seed, int count) {
            var random = new Random(seed);
            double[] expected = new double[count];
            float[] actual = new float[count];
            for (int i = 0; i < count; i++) {
                expected[i] = random.nextInt(9) == 0 ? 0 : random.nextGaussian() * Math.pow(10, random.nextInt(9) - 4);
                double error = random.nextInt(3) == 0 ? 0 : random.nextGaussian() * Math.pow(10, random.nextInt(9) - 9);
                actual[i] = (float) (expected[i] + error);
            }
            return new Case(expected, actual);
        }

        TensorComparison.Values compared() {
            return (TensorComparison.Values) TensorComparer.of(Precision.FLOAT32)
                    .within(
                            new Bound.EachValue(new Tolerance(1e-6, 1e-3)),
                            "y",
                            HostTensor.ofDoubles(expected, expected.length),
                            HostTensor.ofFloats(actual, actual.length));
        }

        double error(int i) {
            return Math.abs(actual[i] - expected[i]);
        }

        double[] errors() {
            return IntStream.range(0, expected.length)
                    .mapToDouble(this::error)
                    .sorted()
                    .toArray();
        }
    }

    @Property(tries = 200)
    void summary_isThatOfTheSortedErrors(@ForAll long seed, @ForAll @IntRange(min = 1, max = 700) int count) {
        Case values = Case.of(seed, count);
        double[] sorted = values.errors();

        ErrorSummary summary = values.compared().errors().absolute();

        double p99 = sorted[(int) Math.ceil(0.99 * count) - 1];
        assertThat(summary.max()).isEqualTo(sorted[count - 1]);
        assertThat(summary.mean()).isCloseTo(Arrays.stream(sorted).average().orElseThrow(), within(1e-12));
        assertThat(summary.p99()).isBetween(p99 * (1 - 1.0 / 64), p99 * (1 + 1.0 / 64));
    }

    @Property(tries = 200)
    void lengths_areThoseOfTheVectors(@ForAll long seed, @ForAll @IntRange(min = 1, max = 100) int count) {
        Case values = Case.of(seed, count);
        double noise =
                Arrays.stream(values.errors()).map(error -> error * error).sum();
        double signal = Arrays.stream(values.expected()).map(e -> e * e).sum();

        ErrorStatistics errors = values.compared().errors();

        if (noise > 0 && signal > 0) {
            assertThat(errors.l2Relative()).isCloseTo(Math.sqrt(noise / signal), within(1e-12 * errors.l2Relative()));
            assertThat(errors.snrDecibels()).isCloseTo(-20 * Math.log10(errors.l2Relative()), within(1e-9));
        }
    }

    @Property(tries = 200)
    void worstPairs_areTheFirstOfTheSorted(@ForAll long seed, @ForAll @IntRange(min = 1, max = 100) int count) {
        Case values = Case.of(seed, count);
        Comparator<Integer> worstFirst =
                Comparator.comparingDouble(i -> -values.error(i) / (1e-6 + 1e-3 * Math.abs(values.expected()[i])));
        List<Long> places = IntStream.range(0, count)
                .boxed()
                .sorted(worstFirst.thenComparing(Comparator.naturalOrder()))
                .limit(8)
                .map(Integer::longValue)
                .toList();

        assertThat(values.compared().worst())
                .extracting(element -> element.index().get(0))
                .containsExactlyElementsOf(places);
    }

    @Property(tries = 200)
    void ulps_areTheStepsBetweenFloats(@ForAll float start, @ForAll @IntRange(min = -70_000, max = 70_000) int steps) {
        int bits = Float.floatToIntBits(Math.abs(start));
        long from = start < 0 ? -(long) bits : bits;
        long to = from + steps;
        boolean finite = Math.abs(to) < Float.floatToIntBits(Float.POSITIVE_INFINITY) && Float.isFinite(start);
        if (finite) {
            float end = Math.copySign(Float.intBitsToFloat((int) Math.abs(to)), to < 0 ? -1f : 1f);

            assertThat(UlpDistance.of(DType.FLOAT32).between(start, end)).isEqualTo(Math.abs(steps));
        }
    }

    @Property(tries = 300)
    void ulps_ofDoubles_areTheStepsBetweenThem(
            @ForAll double start, @ForAll @LongRange(min = -1L << 40, max = 1L << 40) long steps) {
        long bits = Double.doubleToLongBits(Math.abs(start));
        long to = (start < 0 ? -bits : bits) + steps;
        boolean finite = Math.abs(to) < Double.doubleToLongBits(Double.POSITIVE_INFINITY) && Double.isFinite(start);
        if (finite) {
            double end = Math.copySign(Double.longBitsToDouble(Math.abs(to)), to < 0 ? -1.0 : 1.0);

            assertThat(UlpDistance.of(DType.FLOAT64).between(start, end)).isEqualTo(Math.abs(steps));
        }
    }

    @Property(tries = 100)
    void topK_isThatOfSortedRows(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int width) {
        var random = new Random(seed);
        double[] expected = random.doubles(width).map(x -> Math.rint(8 * x)).toArray();
        double[] actual = random.doubles(width).map(x -> Math.rint(8 * x)).toArray();
        int k = Math.min(5, width);
        Set<Integer> common = largest(expected, k);
        common.retainAll(largest(actual, k));

        var accumulator = new TopKAccumulator(k);
        accumulator.add(expected, actual);

        assertThat(accumulator.agreement().meanJaccard()).isEqualTo(common.size() / (2.0 * k - common.size()));
    }

    private static Set<Integer> largest(double[] row, int k) {
        return new HashSet<>(IntStream.range(0, row.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -row[i]))
                .limit(k)
                .toList());
    }

    @Property(tries = 100)
    void divergence_isThatOfTheProbabilities(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int width) {
        var random = new Random(seed);
        double[] expected = random.doubles(width, -5, 5).toArray();
        double[] actual = random.doubles(width, -5, 5).toArray();
        double[] p = softmax(expected);
        double[] q = softmax(actual);
        double divergence = IntStream.range(0, width)
                .mapToDouble(i -> p[i] * Math.log(p[i] / q[i]))
                .sum();

        var rows = new LogitAccumulator(width, 0, List.of());
        IntStream.range(0, width).forEach(i -> rows.add(expected[i], actual[i]));

        assertThat(rows.agreement().kl().mean()).isCloseTo(divergence, within(1e-12));
    }

    private static double[] softmax(double[] row) {
        double sum = Arrays.stream(row).map(Math::exp).sum();
        return Arrays.stream(row).map(x -> Math.exp(x) / sum).toArray();
    }
}

package dev.heddle.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.runtime.RuntimeFailure;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TokenChooserTest {
    private static final int DRAWS = 20_000;
    /** Probabilities 0.1, 0.2, 0.3, 0.4 at temperature 1. */
    private static final float[] LOGITS = {
        (float) Math.log(1), (float) Math.log(2), (float) Math.log(3), (float) Math.log(4)
    };

    @Test
    void greedy_takesTheFirstOfEqualOnes() {
        assertThat(choose(new Sampling.Greedy(), 1, 5, -2, 5)).isEqualTo(1);
    }

    @Test
    void greedy_neverTakesMinusInfinity() {
        assertThat(choose(new Sampling.Greedy(), Float.NEGATIVE_INFINITY, -1e30f))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity"})
    void badLogit_isRefusedWithItsToken(float logit) {
        assertThatThrownBy(() -> choose(new Sampling.Greedy(), 0, logit))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("choosing a token: expected finite logits, got " + logit + " for token 1");
    }

    @Test
    void nothingAllowed_isRefused() {
        assertThatThrownBy(() -> choose(new Sampling.Greedy(), Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("choosing a token: the logits of all 2 tokens are minus infinity");
    }

    @ParameterizedTest
    @CsvSource({
        "1,   0, 1,   0.1 0.2 0.3 0.4",
        "0.5, 0, 1,   0.0333 0.1333 0.3 0.5333", // squared and scaled
        "1,   2, 1,   0 0 0.4286 0.5714",
        "1,   1, 1,   0 0 0 1",
        "1,   9, 1,   0.1 0.2 0.3 0.4",
        "1,   0, 0.7, 0 0 0.4286 0.5714", // 0.4 + 0.3 reach the share
        "1,   0, 0.71, 0 0.2222 0.3333 0.4444",
        "1,   0, 0.01, 0 0 0 1", // the best one is always left
        "1,   9, 0.71, 0 0.2222 0.3333 0.4444",
        "1,   3, 0.5, 0 0 0.4286 0.5714" // the share is of the three best: 4/9 is too little, 7/9 enough
    })
    void random_drawsFromTheCandidatesByTheirShare(double temperature, int topK, double topP, String shares) {
        var chooser = TokenChooser.of(new Sampling.Random(temperature, topK, topP, 42), 0);
        double[] expected = Arrays.stream(shares.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();

        double[] drawn = new double[LOGITS.length];
        IntStream.range(0, DRAWS).forEach(i -> drawn[chooser.choose(LOGITS)] += 1.0 / DRAWS);

        // Four standard deviations of a share of one half.
        assertThat(drawn).containsExactly(expected, within(4 * 0.5 / Math.sqrt(DRAWS)));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "2, 0.5", "0, 0.9"})
    void random_neverTakesMinusInfinity(int topK, double topP) {
        var chooser = TokenChooser.of(new Sampling.Random(100, topK, topP, 1), 0);
        float[] logits = {Float.NEGATIVE_INFINITY, 0, Float.NEGATIVE_INFINITY};

        assertThat(IntStream.range(0, 1000).map(i -> chooser.choose(logits)).distinct())
                .containsExactly(1);
    }

    @Test
    void sameSeed_givesTheSameTokens() {
        var sampling = new Sampling.Random(1, 0, 1, 7);

        assertThat(draws(sampling, 0)).isEqualTo(draws(sampling, 0));
    }

    @Test
    void otherSeedOrRow_givesOtherTokens() {
        var sampling = new Sampling.Random(1, 0, 1, 7);

        assertThat(draws(sampling, 1)).isNotEqualTo(draws(sampling, 0));
        assertThat(draws(new Sampling.Random(1, 0, 1, 8), 0)).isNotEqualTo(draws(sampling, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 1, 'temperature must be greater than 0, got 0.0; use greedy choice for temperature 0'",
        "NaN, 0, 1, 'temperature must be greater than 0, got NaN; use greedy choice for temperature 0'",
        "1, -1, 1, 'top-k must be at least 0, got -1'",
        "1, 0, 0, 'top-p must be greater than 0 and at most 1, got 0.0'",
        "1, 0, 1.5, 'top-p must be greater than 0 and at most 1, got 1.5'"
    })
    void numberOutOfRange_isRefused(double temperature, int topK, double topP, String message) {
        assertThatThrownBy(() -> new Sampling.Random(temperature, topK, topP, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @MethodSource
    void heap_givesTokensByFallingLogitThenId(float[] logits) {
        var heap = new CandidateHeap(logits);
        Integer[] expected = IntStream.range(0, logits.length).boxed().toArray(Integer[]::new);
        Arrays.sort(expected, (a, b) -> logits[a] == logits[b] ? a - b : Float.compare(logits[b], logits[a]));

        assertThat(IntStream.range(0, logits.length).mapToObj(i -> heap.poll())).containsExactly(expected);
    }

    static float[][] heap_givesTokensByFallingLogitThenId() {
        var random = new Random(3);
        float[] many = new float[1000];
        for (int i = 0; i < many.length; i++) {
            many[i] = random.nextInt(50) - 25;
        }
        return new float[][] {
            {0},
            {1, 2, 3},
            {-0f, 0f, -0f},
            {-1, Float.NEGATIVE_INFINITY, 1, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MAX_VALUE},
            many
        };
    }

    private static String draws(Sampling sampling, int row) {
        var chooser = TokenChooser.of(sampling, row);
        return Arrays.toString(
                IntStream.range(0, 40).map(i -> chooser.choose(LOGITS)).toArray());
    }

    private static int choose(Sampling sampling, float... logits) {
        return TokenChooser.of(sampling, 0).choose(logits);
    }
}

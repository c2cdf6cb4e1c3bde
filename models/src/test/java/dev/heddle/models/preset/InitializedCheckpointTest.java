package dev.heddle.models.preset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.decoder.DecoderReference;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.weight.WeightReader;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InitializedCheckpointTest {

    private static SourceModel toy(String name, Initialization initialization, long seed) {
        return Presets.named(name).open(initialization, seed);
    }

    private static float[] read(SourceModel model, String tensor, int first, int count) {
        FloatBuffer buffer =
                model.checkpoint().tensors().get(tensor).read(first, count).asFloatBuffer();
        float[] values = new float[count];
        buffer.get(values);
        return values;
    }

    @Test
    void slice_equalsThatPartOfTheWhole() {
        SourceModel model = toy("mta-toy", Initialization.RANDOM, 5);

        float[] whole = read(model, "tok_embeddings.weight", 0, 32 * 256);

        assertThat(read(model, "tok_embeddings.weight", 1000, 77)).isEqualTo(Arrays.copyOfRange(whole, 1000, 1077));
    }

    @Test
    void numbers_areTheSameOnEveryMachine() {
        SourceModel model = toy("mta-toy", Initialization.RANDOM, 5);

        assertThat(read(model, "tok_embeddings.weight", 0, 3))
                .containsExactly(0.011259209f, 0.017635196f, 0.025651185f);
    }

    @Test
    void seedsAndTensors_haveDifferentNumbers() {
        float[] first = read(toy("mta-toy", Initialization.RANDOM, 5), "layers.0.attention.wq.weight", 0, 100);

        assertThat(read(toy("mta-toy", Initialization.RANDOM, 6), "layers.0.attention.wq.weight", 0, 100))
                .isNotEqualTo(first);
        assertThat(read(toy("mta-toy", Initialization.RANDOM, 5), "layers.1.attention.wq.weight", 0, 100))
                .isNotEqualTo(first);
    }

    @Test
    void projections_areNormal_withDeviationOneOverRootOfInputs() {
        float[] values =
                read(toy("mta-toy", Initialization.IDENTITY, 5), "layers.0.feed_forward.w2.weight", 0, 100_000);
        double unit = 1 / Math.sqrt(768);
        double mean = IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .average()
                .orElseThrow();
        double variance = IntStream.range(0, values.length)
                .mapToDouble(i -> values[i] * values[i])
                .average()
                .orElseThrow();
        long within1 = IntStream.range(0, values.length)
                .filter(i -> Math.abs(values[i]) < unit)
                .count();

        assertThat(mean / unit).isCloseTo(0, within(0.02));
        // A normal distribution cut at 3 has deviation 0.9866.
        assertThat(Math.sqrt(variance) / unit).isCloseTo(0.9866, within(0.01));
        assertThat(within1 / 1e5).isCloseTo(0.6845, within(0.01));
        assertThat(IntStream.range(0, values.length)
                        .mapToDouble(i -> Math.abs(values[i]))
                        .max()
                        .orElseThrow())
                .isLessThanOrEqualTo((float) (3 * unit));
    }

    @Test
    void identityKernel_hasOneTapAtTheCurrentQueryAndKey() {
        float[] kernel = read(toy("mta-toy", Initialization.IDENTITY, 5), "layers.0.attention.mta_kernel", 18, 18);

        float[] expected = new float[18];
        expected[9 + 4] = 1;
        assertThat(kernel).isEqualTo(expected);
    }

    @Test
    void identityMixesAndGate_doNothing() {
        SourceModel model = toy("mta-v1-880m", Initialization.IDENTITY, 5);

        assertThat(read(model, "layers.0.attention.head_kernel", 4, 4)).containsExactly(1, 0, 0, 1);
        assertThat(read(model, "layers.0.attention.subln.weight", 0, 2)).containsExactly(1, 1);
        assertThat(read(toy("mta-300m", Initialization.IDENTITY, 5), "layers.0.attention.gate.bias", 0, 1))
                .containsExactly(0);
    }

    @Test
    void randomMixes_areAroundTheIdentity() {
        float[] mix = read(toy("mta-v1-880m", Initialization.RANDOM, 5), "layers.0.attention.head_kernel", 4, 4);

        assertThat(mix[0]).isBetween(0.7f, 1.3f).isNotEqualTo(1);
        assertThat(mix[1]).isBetween(-0.3f, 0.3f).isNotEqualTo(0);
    }

    @Test
    void randomShift_sharesOutOne() {
        float[] weights = read(toy("kvshift-2.9b", Initialization.RANDOM, 5), "model.layers.3.self_attn.K", 0, 8);

        assertThat(weights[0]).isBetween(0f, 1f).isNotEqualTo(weights[2]);
        assertThat(weights[0] + weights[1]).isCloseTo(1, within(1e-6f));
        assertThat(weights[6] + weights[7]).isCloseTo(1, within(1e-6f));
    }

    @Test
    void identityShift_keepsTheCurrentToken() {
        float[] weights = read(toy("kvshift-2.9b", Initialization.IDENTITY, 5), "model.layers.3.self_attn.V", 0, 4);

        assertThat(weights).containsExactly(0, 1, 0, 1);
    }

    @ParameterizedTest
    @CsvSource({"IDENTITY, true", "RANDOM, false"})
    void kernels_doNothingExactlyIfTheyAreTheIdentity(Initialization initialization, boolean same) {
        long[][] ids = {{3, 1, 4, 1, 5, 9, 2, 6}};
        double[] withKernels = logits(toy("mta-toy", initialization, 5), ids);

        double[] without = logits(toy("mta-toy-baseline", initialization, 5), ids);

        double worst = IntStream.range(0, without.length)
                .mapToDouble(index -> Math.abs(withKernels[index] - without[index]))
                .max()
                .orElseThrow();
        assertThat(worst < 1e-12).isEqualTo(same);
    }

    private static double[] logits(SourceModel model, long[][] ids) {
        return new DecoderReference(model.decoder(), new WeightReader(model.checkpoint()))
                .logits(ids)
                .data();
    }

    @Test
    void readingBeyondTheEnd_namesTheTensor() {
        StoredTensor tensor =
                toy("mta-toy", Initialization.RANDOM, 5).checkpoint().tensors().get("norm.weight");

        assertThatThrownBy(() -> tensor.read(250, 7))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("tensor norm.weight of shape [256] has no elements 250 to 257");
    }
}

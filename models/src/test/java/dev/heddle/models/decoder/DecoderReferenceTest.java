package dev.heddle.models.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.models.decoder.DecoderReference.Input;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.preset.Initialization;
import dev.heddle.models.preset.Presets;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.models.reference.TensorAssertions;
import dev.heddle.models.weight.WeightReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beside the comparisons of {@code SampleModelsTest} with logits from elsewhere. */
final class DecoderReferenceTest {

    private static final Path SAMPLES = Path.of("src/test/resources/samples");

    private static SourceModel sample(String name) {
        return SourceModel.open(SAMPLES.resolve(name), Families.all());
    }

    private static DecoderReference reference(SourceModel model) {
        return new DecoderReference(model.decoder(), new WeightReader(model.checkpoint()));
    }

    @ParameterizedTest
    @CsvSource({"ram-mta-v2", "ram-mta-v1", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny"})
    void batchOfDifferentLengths_withPadding_givesTheLogitsOfEachAlone(String name) {
        try (SourceModel model = sample(name)) {
            DecoderReference reference = reference(model);
            long[] shorter = {3, 1, 4, 1, 5, 9};
            long[] longer = {2, 7, 1, 8, 2, 8, 1, 8};
            Input input = new Input(
                    new long[][] {{0, 3, 1, 4, 1, 5, 9, 0}, longer},
                    new boolean[][] {
                        {false, true, true, true, true, true, true, false},
                        {true, true, true, true, true, true, true, true}
                    },
                    new long[][] {{0, 0, 1, 2, 3, 4, 5, 0}, {0, 1, 2, 3, 4, 5, 6, 7}});

            DoubleTensor logits = reference.step(input, reference.fresh(2)).logits();

            int vocab = model.decoder().vocabSize();
            TensorAssertions.assertClose(
                    Arrays.copyOfRange(logits.data(), vocab, 7 * vocab),
                    reference.logits(new long[][] {shorter}).data(),
                    1e-12);
            TensorAssertions.assertClose(
                    Arrays.copyOfRange(logits.data(), 8 * vocab, 16 * vocab),
                    reference.logits(new long[][] {longer}).data(),
                    1e-12);
        }
    }

    @Test
    void observer_isToldEachModuleInOrder() {
        try (SourceModel model = sample("llama-tiny")) {
            List<String> paths = new ArrayList<>();
            DecoderReference reference = reference(model);

            reference.step(
                    Input.unpadded(new long[][] {{1, 2}}, 0), reference.fresh(1), (path, value) -> paths.add(path));

            assertThat(paths.subList(0, 8))
                    .containsExactly(
                            "model.embed_tokens.weight",
                            "model.layers.0.input_layernorm",
                            "model.layers.0.self_attn.context",
                            "model.layers.0.self_attn",
                            "model.layers.0.post_attention_layernorm",
                            "model.layers.0.mlp",
                            "model.layers.0",
                            "model.layers.1.input_layernorm");
            assertThat(paths).endsWith("model.norm", "lm_head");
        }
    }

    @Test
    void normWithAScale_isScaled() {
        double[] plain = firstNorm(1);

        double[] scaled = firstNorm(0.5);

        assertThat(scaled)
                .containsExactly(Arrays.stream(plain).map(value -> value / 2).toArray());
    }

    private static double[] firstNorm(double scale) {
        try (SourceModel model = sample("llama-tiny")) {
            Decoder decoder = model.decoder();
            List<DecoderLayer> layers = decoder.layers().stream()
                    .map(layer -> {
                        RmsNorm norm = layer.attentionNorm();
                        return new DecoderLayer(
                                layer.path(),
                                new RmsNorm(norm.path(), norm.weight(), norm.epsilon(), scale),
                                layer.attention(),
                                layer.feedForwardNorm(),
                                layer.feedForward());
                    })
                    .toList();
            DecoderReference reference = new DecoderReference(
                    new Decoder(
                            decoder.family(),
                            decoder.embedding(),
                            layers,
                            decoder.norm(),
                            decoder.head(),
                            decoder.maxPositions()),
                    new WeightReader(model.checkpoint()));
            List<double[]> values = new ArrayList<>();
            reference.step(
                    Input.unpadded(new long[][] {{1, 2}}, 0),
                    reference.fresh(1),
                    (path, value) -> values.add(value.data()));
            return values.get(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"-1", "40"})
    void idOutsideTheVocabulary_isRefused(long id) {
        try (SourceModel model = sample("llama-tiny")) {
            DecoderReference reference = reference(model);

            assertThatThrownBy(() -> reference.logits(new long[][] {{id}}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("token ids of this model are 0 to 39, got " + id);
        }
    }

    @Test
    void results_doNotDependOnTheNumberOfThreads() {
        try (SourceModel model = Presets.named("mta-toy").open(Initialization.RANDOM, 3)) {
            long[][] ids = {{1, 2, 3, 4}};

            // Inside a stream of its own, the work of a step is shared out differently.
            List<double[]> logits = IntStream.range(0, 3)
                    .parallel()
                    .mapToObj(run -> reference(model).logits(ids).data())
                    .toList();

            assertThat(logits.get(1)).isEqualTo(logits.get(0));
            assertThat(logits.get(2)).isEqualTo(logits.get(0));
        }
    }
}

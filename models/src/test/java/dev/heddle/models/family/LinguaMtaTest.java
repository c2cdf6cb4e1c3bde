package dev.heddle.models.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.AttentionWeight;
import dev.heddle.models.attention.ContextNorm;
import dev.heddle.models.attention.DepthScale;
import dev.heddle.models.attention.Gate;
import dev.heddle.models.attention.HeadMix;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyPadding;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.RopeStyle;
import dev.heddle.models.attention.ScoreConvolution;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.decoder.Decoder;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LinguaMtaTest {

    private static final Family LINGUA = Families.linguaMta();

    private static Decoder describe(String changes) {
        return Configs.describe(LINGUA, Configs.changed(Configs.lingua(), "{'model': " + changes + "}"));
    }

    private static SoftmaxAttention attention(Decoder decoder, int layer) {
        return (SoftmaxAttention) decoder.layers().get(layer).attention().variant();
    }

    @Test
    void kernels_areOnlyInTheirLayers() {
        Decoder decoder = describe("{}");

        SoftmaxAttention.Builder builder = SoftmaxAttention.builder(new Heads(4, 4, 4))
                .positions(new Positions.Rope(10_000, RopeStyle.INTERLEAVED));
        assertThat(attention(decoder, 0)).isEqualTo(builder.build());
        assertThat(attention(decoder, 1))
                .isEqualTo(builder.preConvolution(new ScoreConvolution.KeyQuery(3, 5, KeyPadding.BOTH))
                        .build());
        assertThat(decoder.storedTensors())
                .containsEntry("layers.3.attention.mta_kernel", Shape.of(4, 1, 3, 5))
                .doesNotContainKey("layers.2.attention.mta_kernel");
    }

    @Test
    void withoutMtaLayers_everyLayerHasTheKernels() {
        assertThat(attention(describe("{'mta': {'mta_layers': null}}"), 2).preConvolution())
                .isInstanceOf(ScoreConvolution.KeyQuery.class);
    }

    @Test
    void mtaLayers_mayBeANumber_andNameLayersThatAreNotThere() {
        assertThat(describe("{'mta': {'mta_layers': 2}}")).isEqualTo(describe("{'mta': {'mta_layers': '2,17'}}"));
    }

    @ParameterizedTest
    @CsvSource({
        "null, 5, false",
        "3, null, false",
        "1, 1, true",
    })
    void preKernel_existsIfBothSizesDo(String query, String key, boolean exists) {
        Decoder decoder = describe("{'mta': {'query_kernel_size': " + query + ", 'key_kernel_size': " + key + "}}");

        assertThat(attention(decoder, 1).preConvolution() instanceof ScoreConvolution.KeyQuery)
                .isEqualTo(exists);
    }

    @Test
    void preKernel_withoutSizes_isOneByOne() {
        Decoder decoder = Configs.describe(
                LINGUA,
                Configs.of(
                        "params.json",
                        "{'model': {'dim': 16, 'n_heads': 4, 'vocab_size': 10, 'mta': {'use_mta': true}}}"));

        assertThat(attention(decoder, 7).preConvolution())
                .isEqualTo(new ScoreConvolution.KeyQuery(1, 1, KeyPadding.BOTH));
    }

    @Test
    void mixesNormAndGate_areInEveryLayer() {
        Decoder decoder = describe("""
                {'mta': {'pre_sm_linear_head': true, 'head_kernel_size': 2, 'group_norm': true, 'layer_norm_rescale': true,
                 'add_gating': true, 'gate_1d': false, 'pad_key': 'left', 'after_sm_query_kernel_size': 2,
                 'after_sm_key_kernel_size': 4, 'key_kernel_size': 4}}""");

        SoftmaxAttention plain = attention(decoder, 2);
        assertThat(plain.preMix()).isEqualTo(new HeadMix.Grouped(4));
        assertThat(plain.postMix()).isEqualTo(new HeadMix.Grouped(2));
        assertThat(plain.norm()).isEqualTo(new ContextNorm.PerHeadRms(1e-5, DepthScale.factor(2)));
        assertThat(plain.gate()).isEqualTo(new Gate.Full());
        assertThat(plain.postConvolution()).isEqualTo(new ScoreConvolution.None());
        assertThat(attention(decoder, 1).postConvolution())
                .isEqualTo(new ScoreConvolution.KeyQuery(2, 4, KeyPadding.LEFT));
        var weights = decoder.layers().get(2).attention().weights();
        assertThat(weights.get(AttentionWeight.PRE_MIX).stored().shape()).isEqualTo(Shape.of(4, 4));
        assertThat(weights.get(AttentionWeight.POST_MIX).name()).isEqualTo("layers.2.attention.head_kernel_t");
        assertThat(weights.get(AttentionWeight.GATE_BIAS).shape()).isEqualTo(Shape.of(4));
    }

    @Test
    void linearPostMix_isOneGroupStoredAsALinearLayer() {
        Decoder decoder = describe("{'mta': {'post_sm_linear_head': true}}");

        var mix = decoder.layers().get(0).attention().weights().get(AttentionWeight.POST_MIX);
        assertThat(mix.name()).isEqualTo("layers.0.attention.wposm.weight");
        assertThat(mix.shape()).isEqualTo(Shape.of(1, 4, 4));
    }

    @Test
    void withoutMta_onlyNormAndGateStay() {
        Decoder decoder = describe(
                "{'mta': {'use_mta': false, 'pre_sm_linear_head': true, 'group_norm': true, 'add_gating': true}}");

        assertThat(attention(decoder, 1))
                .isEqualTo(SoftmaxAttention.builder(new Heads(4, 4, 4))
                        .positions(new Positions.Rope(10_000, RopeStyle.INTERLEAVED))
                        .norm(new ContextNorm.PerHeadRms(1e-5, 1))
                        .gate(new Gate.Scalar())
                        .build());
    }

    @Test
    void curseNorm_scalesTheNormsOfALayerByDepth() {
        Decoder decoder = describe("{'mta': {'curse_norm': true}}");

        assertThat(decoder.layers().get(3).attentionNorm().scale()).isEqualTo(DepthScale.factor(3));
        assertThat(decoder.layers().get(3).feedForwardNorm().scale()).isEqualTo(DepthScale.factor(3));
        assertThat(decoder.norm().scale()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"256, 256, 1.0, 768", "1280, 256, 1.0, 3584", "2048, 256, 1.0, 5632", "32, 16, 1.3, 112"})
    void feedForward_isTwoThirdsOfFourTimesTheWidth_roundedUp(int dim, int multiple, double factor, long width) {
        Decoder decoder =
                describe("{'dim': " + dim + ", 'multiple_of': " + multiple + ", 'ffn_dim_multiplier': " + factor + "}");

        assertThat(decoder.layers().get(0).feedForward().gate().weight().shape())
                .isEqualTo(Shape.of(width, dim));
    }

    @ParameterizedTest
    @CsvSource({"tok_embeddings.weight", "output.weight", "output.tied_module.weight"})
    void tiedTable_isFoundUnderAnyOfItsNames(String name) {
        Decoder decoder = LINGUA.describe(
                Configs.changed(Configs.lingua(), "{'model': {'weight_tying': true}}"),
                new TreeMap<>(Map.of(name, Shape.of(10, 16))),
                warning -> {});

        assertThat(decoder.isTied()).isTrue();
        assertThat(decoder.embedding().name()).isEqualTo(name);
        assertThat(LINGUA.copies(decoder)).hasSizeBetween(1, 2).doesNotContainKey(name);
    }

    @ParameterizedTest
    @CsvSource({"-1", "null"})
    void vocabularyLeftToTheTokenizer_isThatOfTheStoredTable(String vocab) {
        Decoder decoder = LINGUA.describe(
                Configs.changed(Configs.lingua(), "{'model': {'vocab_size': " + vocab + "}}"),
                new TreeMap<>(Map.of("tok_embeddings.weight", Shape.of(77, 16))),
                warning -> {});

        assertThat(decoder.vocabSize()).isEqualTo(77);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'vocab_size': -1} | vocab_size: expected a whole number of at least 1, got -1; correct the file",
                "{'n_heads': null} | n_heads: expected a whole number of at least 1, got null; correct the file",
                "{'n_heads': 3} | n_heads: expected a divisor of dim 16, got 3; correct the file",
                "{'n_kv_heads': 3} | n_kv_heads: expected a divisor of n_heads 4, got 3; correct the file",
                "{'head_dim': 3} | head_dim: expected an even number, got 3; RoPE turns pairs of features",
                "{'sliding_window': 8} | sliding_window: expected null, got 8; this feature is not supported",
                "{'triton': true} | triton: expected false, got true; another value is not supported",
                "{'qk_norm': true} | qk_norm: expected only fields whose meaning is known, got true; it may change what"
                        + " the model computes",
                "{'mta': {'sparse': 1}} | mta.sparse: expected only fields whose meaning is known, got 1; it may change"
                        + " what the model computes",
                "{'mta': {'key_kernel_size': 4}} | mta.key_kernel_size: expected an odd number with pad_key both, got 4;"
                        + " the source refuses such a kernel",
                "{'mta': {'pad_key': 'top'}} | mta.pad_key: expected both, left or right, got \"top\"; correct the file",
                "{'mta': {'mta_layers': ''}} | mta.mta_layers: expected zero-based layers with commas between them, got"
                        + " \"\"; correct the file",
                "{'mta': {'mta_layers': [1]}} | mta.mta_layers: expected a text, got [1]; correct the file",
                "{'mta': {'head_kernel_size': 3}} | mta.head_kernel_size: expected a divisor of n_heads 4, got 3; correct"
                        + " the file",
                "{'mta': {'head_kernel_size': 2, 'post_sm_linear_head': true}} | mta.head_kernel_size: expected null"
                        + " beside post_sm_linear_head, got 2; remove one of the two",
            })
    void config_withAFieldThatCannotBe_namesIt(String changes, String message) {
        assertThatThrownBy(() -> describe(changes))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("params.json: model." + message);
    }
}

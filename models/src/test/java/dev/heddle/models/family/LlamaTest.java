package dev.heddle.models.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyValueShift;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.RopeScaling;
import dev.heddle.models.attention.RopeStyle;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.decoder.Bias;
import dev.heddle.models.decoder.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LlamaTest {

    private static final Family LLAMA = Families.llama();

    private static Decoder describe(String changes) {
        return Configs.describe(LLAMA, Configs.changed(Configs.llama(), changes));
    }

    private static SoftmaxAttention attention(Decoder decoder) {
        return (SoftmaxAttention) decoder.layers().get(0).attention().variant();
    }

    @Test
    void plainConfig_isPlainAttentionWithItsDefaults() {
        Decoder decoder = describe("{}");

        assertThat(attention(decoder))
                .isEqualTo(SoftmaxAttention.builder(new Heads(4, 2, 4))
                        .positions(new Positions.Rope(500, RopeStyle.ROTATE_HALF))
                        .build());
        assertThat(decoder.isTied()).isFalse();
        assertThat(decoder.norm().epsilon()).isEqualTo(1e-6);
        assertThat(decoder.maxPositions()).isEqualTo(2048);
    }

    @Test
    void headDim_needNotBeHiddenSizeOverHeads() {
        assertThat(attention(describe("{'head_dim': 6}")).heads()).isEqualTo(new Heads(4, 2, 6));
    }

    @Test
    void biases_areOnTheProjectionsThatTheConfigNames() {
        Decoder decoder = describe("{'attention_bias': true, 'mlp_bias': true}");

        assertThat(decoder.layers().get(0).attention().output().bias()).isInstanceOf(Bias.Added.class);
        assertThat(decoder.storedTensors())
                .containsEntry("model.layers.1.self_attn.k_proj.bias", Shape.of(8))
                .containsEntry("model.layers.1.mlp.up_proj.bias", Shape.of(24));
    }

    @Test
    void tiedHead_isTheEmbedding_underTheNameThatIsStored() {
        var onlyHead = new TreeMap<>(Map.of("lm_head.weight", Shape.of(10, 16)));

        Decoder decoder = LLAMA.describe(
                Configs.changed(Configs.llama(), "{'tie_word_embeddings': true}"), onlyHead, warning -> {});

        assertThat(decoder.isTied()).isTrue();
        assertThat(decoder.embedding().name()).isEqualTo("lm_head.weight");
        assertThat(LLAMA.copies(decoder)).containsOnly(Map.entry("model.embed_tokens.weight", "lm_head.weight"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'rope_theta': null, 'rope_parameters': {'rope_type': 'linear', 'factor': 4.0, 'rope_theta': 500.0}}",
                "{'rope_scaling': {'type': 'linear', 'factor': 4.0}}",
                "{'rope_scaling': {'type': 'linear', 'rope_type': 'linear', 'factor': 4}}",
            })
    void ropeScaling_isReadFromOldAndNewFields(String changes) {
        assertThat(attention(describe(changes)).positions())
                .isEqualTo(new Positions.Rope(500, RopeStyle.ROTATE_HALF, new RopeScaling.Linear(4)));
    }

    @Test
    void llama3Scaling_hasFourNumbers() {
        Decoder decoder = describe("""
                {'rope_scaling': {'rope_type': 'llama3', 'factor': 8.0, 'low_freq_factor': 1.0, 'high_freq_factor': 4.0,
                 'original_max_position_embeddings': 8192}}""");

        assertThat(attention(decoder).positions())
                .isEqualTo(new Positions.Rope(500, RopeStyle.ROTATE_HALF, new RopeScaling.Llama3(8, 1, 4, 8192)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"2,2; 2", "1,1,2,1,2; 2", "2,4; 4"})
    void shiftTensors_inOneLayer_makeEveryLayerShift(String shape, int taps) {
        long[] lengths = java.util.Arrays.stream(shape.split(","))
                .mapToLong(Long::parseLong)
                .toArray();
        var stored = new TreeMap<>(Map.of("model.layers.0.self_attn.K", Shape.of(lengths)));

        Decoder decoder = LLAMA.describe(Configs.llama(), stored, warning -> {});

        assertThat(((SoftmaxAttention) decoder.layers().get(1).attention().variant()).shift())
                .isEqualTo(new KeyValueShift.Taps(taps));
        assertThat(decoder.storedTensors())
                .containsEntry("model.layers.0.self_attn.K", Shape.of(lengths))
                .containsEntry("model.layers.1.self_attn.V", Shape.of(2, taps));
    }

    @Test
    void shiftTensorOfAnotherShape_isRefused() {
        var stored = new TreeMap<>(Map.of("model.layers.0.self_attn.K", Shape.of(4, 2)));

        assertThatThrownBy(() -> LLAMA.describe(Configs.llama(), stored, warning -> {}))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(
                        "tensor model.layers.0.self_attn.K: expected shape [2,taps] or [1,1,2,1,taps] with at least 2"
                                + " taps, got [4,2]");
    }

    @Test
    void autoMap_isWarnedOf() {
        List<String> warnings = new ArrayList<>();

        LLAMA.describe(
                Configs.changed(Configs.llama(), "{'auto_map': {'AutoModel': 'x.Y'}}"), new TreeMap<>(), warnings::add);

        assertThat(warnings)
                .containsExactly("config.json: auto_map names code of its own, which is not run; the model is read as a"
                        + " plain llama");
    }

    @Test
    void fieldsOfTrainingAndBookkeeping_areHarmless() {
        assertThat(describe("""
                                {'attention_dropout': 0.1, 'torch_dtype': 'bfloat16', 'bos_token_id': 1, 'use_cache': true,
                                 'pretraining_tp': 2, 'initializer_range': 0.02, 'hidden_act': 'silu', 'rope_scaling': null,
                                 'transformers_version': '5', 'some_unset_feature': null, 'partial_rotary_factor': 1}""")).isEqualTo(describe("{}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'logit_scale': 2.0} | logit_scale: expected only fields whose meaning is known, got 2.0; it may change"
                        + " what the model computes",
                "{'hidden_act': 'gelu'} | hidden_act: expected silu, got \"gelu\"; another value is not supported",
                "{'sliding_window': 4096} | sliding_window: expected null, got 4096; this feature is not supported",
                "{'quantization_config': {}} | quantization_config: expected null, got {}; this feature is not supported",
                "{'rope_interleaved': true} | rope_interleaved: expected false, got true; another value is not supported",
                "{'hidden_size': '16'} | hidden_size: expected a whole number of at least 1, got \"16\"; correct the file",
                "{'hidden_size': 0} | hidden_size: expected a whole number of at least 1, got 0; correct the file",
                "{'vocab_size': 1e10} | vocab_size: expected a whole number of at least 1, got 1.0E10; correct the file",
                "{'vocab_size': 1000000000000} | vocab_size: expected a whole number of at most 268435456, got 1000000000000;"
                        + " correct the file",
                "{'num_hidden_layers': 10001} | num_hidden_layers: expected at most 10000 layers, got 10001; correct the"
                        + " file",
                "{'rms_norm_eps': 0} | rms_norm_eps: expected a number above 0, got 0; correct the file",
                "{'attention_bias': 1} | attention_bias: expected true or false, got 1; correct the file",
                "{'num_attention_heads': 3} | num_key_value_heads: expected a divisor of num_attention_heads 3, got 2;"
                        + " correct the file",
                "{'num_attention_heads': 6} | num_attention_heads: expected a divisor of hidden_size 16, got 6; correct"
                        + " the file",
                "{'num_attention_heads': 16} | num_attention_heads: expected heads of even width, got 16; RoPE turns pairs"
                        + " of features",
                "{'head_dim': 5} | head_dim: expected an even number, got 5; RoPE turns pairs of features",
                "{'rope_scaling': {'type': 'yarn', 'factor': 2}} | rope_scaling.type: expected default, linear or llama3,"
                        + " got \"yarn\"; another scaling of RoPE is not supported",
                "{'rope_scaling': {'type': 'linear'}} | rope_scaling.factor: expected a number above 0, got nothing;"
                        + " correct the file",
                "{'rope_scaling': {'type': 3}} | rope_scaling.type: expected a text, got 3; correct the file",
                "{'rope_scaling': 3} | rope_scaling: expected an object, got 3; correct the file",
                "{'rope_scaling': {'type': 'default', 'mscale': 2}} | rope_scaling.mscale: expected only fields whose"
                        + " meaning is known, got 2; it may change what the model computes",
                "{'rope_scaling': {'type': 'default', 'rope_type': 'linear'}} | rope_scaling.type: expected linear as in"
                        + " rope_type, got \"default\"; remove one of the two",
                "{'rope_parameters': {'rope_theta': 5.0}} | rope_theta: expected 5.0 as in rope_parameters, got 500.0;"
                        + " remove one of the two",
                "{'rope_parameters': {}, 'rope_scaling': {}} | rope_scaling: expected null, got {}; this feature is not"
                        + " supported",
            })
    void config_withAFieldThatCannotBe_namesIt(String changes, String message) {
        assertThatThrownBy(() -> describe(changes))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("config.json: " + message);
    }

    @Test
    void missingField_isNamed() {
        assertThatThrownBy(() -> Configs.describe(LLAMA, Configs.without(Configs.llama(), "intermediate_size")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(
                        "config.json: intermediate_size: expected a whole number of at least 1, got nothing; correct"
                                + " the file");
    }

    @Test
    void configThatIsNotAnObject_isRefused() {
        assertThatThrownBy(() -> Configs.describe(LLAMA, Configs.of("config.json", "[1]")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("config.json: expected a JSON object, got [1]");
    }
}

package dev.heddle.models.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyValueShift;
import dev.heddle.models.attention.Mask;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.RopeStyle;
import dev.heddle.models.attention.SoftmaxAttention;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.decoder.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BaichuanM1Test {

    private static final Family BAICHUAN = Families.baichuanM1();

    private static Decoder describe(String changes) {
        return Configs.describe(BAICHUAN, Configs.changed(Configs.baichuan(), changes));
    }

    private static SoftmaxAttention attention(Decoder decoder, int layer) {
        return (SoftmaxAttention) decoder.layers().get(layer).attention().variant();
    }

    @Test
    void layers_haveTheHeadsOfTheirKind() {
        Decoder decoder = describe("{}");

        SoftmaxAttention.Builder builder = SoftmaxAttention.builder(new Heads(2, 1, 8))
                .positions(new Positions.Rope(500, RopeStyle.ROTATE_HALF))
                .shift(new KeyValueShift.Taps(2));
        assertThat(attention(decoder, 0)).isEqualTo(builder.build());
        assertThat(attention(decoder, 1).heads()).isEqualTo(new Heads(4, 2, 4));
        assertThat(attention(decoder, 1).mask()).isEqualTo(new Mask.SlidingWindow(3));
        assertThat(decoder.head().weight().name()).isEqualTo("lm_head.weight_unit");
        assertThat(decoder.storedTensors())
                .containsEntry("model.layers.0.self_attn.W_pack.weight", Shape.of(32, 16))
                .containsEntry("model.layers.1.self_attn.conv_k", Shape.of(1, 1, 2, 1, 2));
    }

    @Test
    void windowLayers_withoutHeadCounts_haveThoseOfTheOthers() {
        Decoder decoder = describe("{'num_swa_attention_heads': null, 'num_swa_key_value_heads': null}");

        assertThat(attention(decoder, 1).heads()).isEqualTo(new Heads(2, 1, 8));
    }

    @Test
    void withoutWindowLayers_allLayersAreCausal() {
        Decoder decoder = describe("{'sliding_window_layers': []}");

        assertThat(attention(decoder, 1)).isEqualTo(attention(decoder, 0));
    }

    @Test
    void convWindow_isTheNumberOfTaps() {
        assertThat(describe("{'conv_window': 4}").storedTensors())
                .containsEntry("model.layers.0.self_attn.conv_v", Shape.of(1, 1, 1, 1, 4));
    }

    @Test
    void missingNumbers_areAssumed_withAWarning() {
        List<String> warnings = new ArrayList<>();
        ModelConfig config = Configs.without(Configs.without(Configs.baichuan(), "rope_theta"), "rms_norm_eps");

        Decoder decoder = BAICHUAN.describe(config, new TreeMap<>(), warnings::add);

        assertThat(attention(decoder, 0).positions()).isEqualTo(new Positions.Rope(1e6, RopeStyle.ROTATE_HALF));
        assertThat(decoder.norm().epsilon()).isEqualTo(1e-6);
        assertThat(warnings)
                .containsExactly(
                        "config.json: rope_theta: expected a number above 0, got nothing; 1e6 is assumed",
                        "config.json: rms_norm_eps: expected a number above 0, got nothing; 1e-6 is assumed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'conv_window': 1} | conv_window: expected a whole number of at least 2, got 1; correct the file",
                "{'sliding_window': null} | sliding_window: expected a whole number of at least 1, got null; correct the"
                        + " file",
                "{'sliding_window_layers': [2]} | sliding_window_layers: expected layers below num_hidden_layers 2, got"
                        + " [2]; correct the file",
                "{'sliding_window_layers': [-1]} | sliding_window_layers: expected a list of whole numbers of at least 0,"
                        + " got [-1]; correct the file",
                "{'sliding_window_layers': 1} | sliding_window_layers: expected a list of whole numbers of at least 0,"
                        + " got 1; correct the file",
                "{'tie_word_embeddings': true} | tie_word_embeddings: expected false, got true; another value is not"
                        + " supported",
                "{'rope_scaling': {'type': 'linear', 'factor': 2}} | rope_scaling: expected null, got"
                        + " {\"type\":\"linear\",\"factor\":2}; this feature is not supported",
                "{'head_dim': 8} | head_dim: expected only fields whose meaning is known, got 8; it may change what the"
                        + " model computes",
                "{'num_swa_key_value_heads': 3} | num_swa_key_value_heads: expected a divisor of num_swa_attention_heads"
                        + " 4, got 3; correct the file",
            })
    void config_withAFieldThatCannotBe_namesIt(String changes, String message) {
        assertThatThrownBy(() -> describe(changes))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("config.json: " + message);
    }
}

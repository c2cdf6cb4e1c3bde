package dev.heddle.models.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.DepthScale;
import dev.heddle.models.attention.DifferentialAttention;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.Positions;
import dev.heddle.models.attention.RopeStyle;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.decoder.Decoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DiffLlamaTest {

    private static Decoder describe(String changes) {
        ModelConfig config = Configs.changed(Configs.llama(), "{'model_type': 'diffllama', 'lambda_std_dev': 0.1}");
        return Configs.describe(Families.diffLlama(), Configs.changed(config, changes));
    }

    @Test
    void layers_haveTheirOwnLambda() {
        Decoder decoder = describe("{}");

        assertThat(decoder.layers().get(1).attention().variant())
                .isEqualTo(new DifferentialAttention(
                        new Heads(4, 2, 4),
                        new Positions.Rope(500, RopeStyle.ROTATE_HALF),
                        DepthScale.lambda(1),
                        1e-5));
        assertThat(decoder.storedTensors()).containsEntry("model.layers.1.self_attn.lambda_k2", Shape.of(4));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'num_key_value_heads': 1} | num_key_value_heads: expected an even number, got 1; DIFF attention pairs the"
                        + " heads",
                "{'mlp_bias': true} | mlp_bias: expected false, got true; another value is not supported",
                "{'qk_norm': true} | qk_norm: expected only fields whose meaning is known, got true; it may change what"
                        + " the model computes",
            })
    void config_withAFieldThatCannotBe_namesIt(String changes, String message) {
        assertThatThrownBy(() -> describe(changes))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("config.json: " + message);
    }
}

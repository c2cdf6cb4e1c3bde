package dev.heddle.models.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.op.Activations;
import dev.heddle.models.decoder.Quantization.Part;
import dev.heddle.models.export.NumericsJson;
import dev.heddle.models.preset.Presets;
import dev.heddle.models.weight.BlockFormat;
import dev.heddle.models.weight.BlockFormat.ScaleChoice;
import dev.heddle.models.weight.BlockFormat.ZeroPoint;
import dev.heddle.models.weight.Overflow;
import dev.heddle.models.weight.Weight;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class QuantizationTest {

    private static final BlockFormat FORMAT =
            new BlockFormat(4, 32, ZeroPoint.ASYMMETRIC, ScaleChoice.NEAREST, DType.FLOAT16);

    /** Its head is the embedding, which stays as it is where only the head is cut. */
    private static final Decoder DECODER = Presets.named("mta-300m").decoder();

    private static Set<String> cut(Decoder decoder) {
        return decoder.weights().stream()
                .filter(Weight.Quantized.class::isInstance)
                .map(weight -> weight.stored().name().replaceAll("layers\\.\\d+\\.", ""))
                .collect(Collectors.toSet());
    }

    @Test
    void layersAndHead_areCutButForWhatIsNoMatrixThatMultiplies() {
        Decoder cut = new Quantization.Blocks(FORMAT, EnumSet.of(Part.LAYERS, Part.HEAD), List.of()).apply(DECODER);

        assertThat(cut(cut))
                .containsExactlyInAnyOrder(
                        "attention.wq.weight",
                        "attention.wk.weight",
                        "attention.wv.weight",
                        "attention.wo.weight",
                        "feed_forward.w1.weight",
                        "feed_forward.w2.weight",
                        "feed_forward.w3.weight",
                        "tok_embeddings.weight");
        assertThat(cut.embedding()).isEqualTo(DECODER.embedding());
        assertThat(cut.layers().get(0).attention().weights())
                .isNotEmpty()
                .isEqualTo(DECODER.layers().get(0).attention().weights());
    }

    @Test
    void embeddingAlone_isCutWithScalesInFloat32() {
        Decoder cut = new Quantization.Blocks(FORMAT, EnumSet.of(Part.EMBEDDING), List.of()).apply(DECODER);

        assertThat(cut(cut)).containsExactly("tok_embeddings.weight");
        assertThat(((Weight.Quantized) cut.embedding()).format().scaleType()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void excludedTensors_stayAsTheyAre() {
        Decoder cut = new Quantization.Blocks(FORMAT, EnumSet.of(Part.LAYERS), List.of("*.attention.*", "*.w1.weight"))
                .apply(DECODER);

        assertThat(cut(cut)).containsExactlyInAnyOrder("feed_forward.w2.weight", "feed_forward.w3.weight");
    }

    @Test
    void patternThatNoTensorMatches_isRefused() {
        Quantization.Blocks blocks = new Quantization.Blocks(FORMAT, EnumSet.of(Part.LAYERS), List.of("*.lm_head.*"));

        assertThatThrownBy(() -> blocks.apply(DECODER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--exclude *.lm_head.*: expected a pattern that some tensor's name matches, got none;"
                        + " names are as tok_embeddings.weight");
    }

    @Test
    void description_givesTheNumericsBack() {
        Numerics numerics = new Numerics(
                DType.FLOAT16,
                Overflow.CLIP,
                new Quantization.Blocks(FORMAT, EnumSet.of(Part.HEAD, Part.LAYERS), List.of("a*", "b")));
        ObjectNode root = JsonNodeFactory.instance.objectNode();

        NumericsJson.write(numerics, root);

        assertThat(root.toString())
                .isEqualTo("{\"dtype\":\"float16\",\"clip\":true,\"quantization\":{\"bits\":4,\"block\":32,"
                        + "\"zero\":\"asymmetric\",\"scales\":\"nearest\",\"parts\":[\"layers\",\"head\"],"
                        + "\"exclude\":[\"a*\",\"b\"]}}");
        assertThat(NumericsJson.read(root)).isEqualTo(numerics);
    }

    @Test
    void description_namesActivationsThatAreRounded() {
        Numerics numerics = new Numerics(
                DType.FLOAT32,
                Overflow.REFUSE,
                new Quantization.Blocks(
                        FORMAT.withScaleType(DType.FLOAT32), EnumSet.of(Part.HEAD), List.of(), Activations.INT8));
        ObjectNode root = JsonNodeFactory.instance.objectNode();

        NumericsJson.write(numerics, root);

        assertThat(root.path("quantization").path("activations").asText()).isEqualTo("int8");
        assertThat(NumericsJson.read(root)).isEqualTo(numerics);
    }

    @Test
    void descriptionThatSaysNothing_meansFloat32() {
        assertThat(NumericsJson.read(JsonNodeFactory.instance.missingNode())).isEqualTo(Numerics.of(DType.FLOAT32));
    }

    @Test
    void description_ofAnUnknownType_isRefused() {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("dtype", "fp4");

        assertThatThrownBy(() -> NumericsJson.read(root))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("metadata heddle: expected the name of an element type as dtype, got fp4");
    }

    @Test
    void numerics_ofAnIntegerType_areRefused() {
        assertThatThrownBy(() -> Numerics.of(DType.INT8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("graphs are written in float, float16 or bfloat16, got int8");
    }
}

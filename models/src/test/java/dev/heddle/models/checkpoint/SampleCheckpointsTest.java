package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sample checkpoints as PyTorch 2.13 and safetensors 0.8 see them. */
class SampleCheckpointsTest {

    private static final Path SAMPLES = Path.of("src/test/resources/samples");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "baichuan-m1-tiny | lm_head.weight | 50 32 | 1.6840075 1.2272806 0.3210779",
                "baichuan-m1-tiny | model.layers.1.self_attn.conv_k | 1 1 2 1 2 | -1.0534471 -1.2516276 -0.6131610",
                "baichuan-m1-tiny | model.norm.weight | 32 | 0.7313784 1.1991199 1.0220407",
                "diffllama-tiny | model.layers.1.self_attn.lambda_q1 | 8 | 0.0175802 -0.0842033 -0.0283247",
                "llama-tiny | model.embed_tokens.weight | 40 32 | 0.2755664 -0.3284678 -0.2759047",
                "ram-mta-v1 | layers.2.attention.mta_kernel | 4 1 4 7 | -0.0834746 -0.3128877 0.3823071",
                "ram-mta-v1 | layers.0.attention.head_kernel | 2 2 2 | 0.3672639 -0.2638984 0.1181660",
                "ram-mta-v2/consolidated | layers.0.attention.gate.weight | 1 8 | 0.1570131 -0.6178867 0.2022232",
                "ram-mta-v2/consolidated | tok_embeddings.weight | 40 32 | -0.0117553 -0.1584418 0.3870212",
            })
    void weight_hasShapeAndValues(String sample, String name, String shape, String values) {
        try (Checkpoint checkpoint = Checkpoints.openWeights(SAMPLES.resolve(sample))) {
            StoredTensor tensor = checkpoint.tensors().get(name);

            assertThat(tensor.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(tensor.shape()).isEqualTo(shape(shape));
            assertThat(TensorValues.floats(tensor, 0, 3)).containsExactly(floats(values), within(1e-7f));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "baichuan-m1-tiny, 39",
        "diffllama-tiny, 29",
        "llama-tiny, 20",
        "ram-mta-v1, 38",
        "ram-mta-v2/consolidated, 47",
    })
    void allWeights_areFound(String sample, int count) {
        try (Checkpoint checkpoint = Checkpoints.openWeights(SAMPLES.resolve(sample))) {
            assertThat(checkpoint.tensors()).hasSize(count);
            assertThat(checkpoint.tensors().values()).allSatisfy(tensor -> assertThat(TensorValues.floats(tensor))
                    .doesNotContain(Float.NaN));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "baichuan-m1-tiny, FLOAT64, 17, 50",
        "diffllama-tiny, FLOAT32, 15, 40",
        "llama-tiny, FLOAT32, 15, 40",
        "ram-mta-v1, FLOAT32, 21, 40",
        "ram-mta-v2, FLOAT32, 25, 40",
    })
    void expectedLogits_haveTokensAndLogits(String sample, DType dtype, long tokens, long vocabulary) {
        try (Checkpoint checkpoint = Checkpoints.open(SAMPLES.resolve(sample).resolve("expected.safetensors"))) {
            StoredTensor ids = checkpoint.tensors().get("input_ids");
            StoredTensor logits = checkpoint.tensors().get("logits");

            assertThat(ids.dtype()).isEqualTo(DType.INT64);
            assertThat(ids.shape()).isEqualTo(Shape.of(2, tokens));
            assertThat(Arrays.stream(TensorValues.longs(ids)).boxed()).allMatch(id -> id >= 0 && id < vocabulary);
            assertThat(logits.dtype()).isEqualTo(dtype);
            assertThat(logits.shape()).isEqualTo(Shape.of(2, tokens, vocabulary));
        }
    }

    @Test
    void inputIds_areThoseOfTheSample() {
        try (Checkpoint checkpoint = Checkpoints.open(SAMPLES.resolve("llama-tiny/expected.safetensors"))) {
            assertThat(TensorValues.longs(checkpoint.tensors().get("input_ids")))
                    .startsWith(25, 27, 4);
        }
    }

    @Test
    void lingua_hasAllTensorsOfALayer() {
        try (Checkpoint checkpoint = Checkpoints.open(SAMPLES.resolve("ram-mta-v2/consolidated"))) {
            assertThat(checkpoint.tensors().values())
                    .map(StoredTensor::toString)
                    .filteredOn(text -> text.startsWith("layers.0."))
                    .containsExactly(
                            "layers.0.attention.gate.bias: float[1] in consolidated.pth",
                            "layers.0.attention.gate.weight: float[1,8] in consolidated.pth",
                            "layers.0.attention.head_kernel: float[1,4,4] in consolidated.pth",
                            "layers.0.attention.subln.weight: float[8] in consolidated.pth",
                            "layers.0.attention.wk.weight: float[32,32] in consolidated.pth",
                            "layers.0.attention.wo.weight: float[32,32] in consolidated.pth",
                            "layers.0.attention.wpsm.weight: float[4,4] in consolidated.pth",
                            "layers.0.attention.wq.weight: float[32,32] in consolidated.pth",
                            "layers.0.attention.wv.weight: float[32,32] in consolidated.pth",
                            "layers.0.attention_norm.weight: float[32] in consolidated.pth",
                            "layers.0.feed_forward.w1.weight: float[96,32] in consolidated.pth",
                            "layers.0.feed_forward.w2.weight: float[32,96] in consolidated.pth",
                            "layers.0.feed_forward.w3.weight: float[96,32] in consolidated.pth",
                            "layers.0.ffn_norm.weight: float[32] in consolidated.pth");
        }
    }

    private static Shape shape(String lengths) {
        return Shape.of(
                Arrays.stream(lengths.split(" ")).mapToLong(Long::parseLong).toArray());
    }

    private static float[] floats(String text) {
        String[] words = text.split(" ");
        float[] values = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = Float.parseFloat(words[i]);
        }
        return values;
    }
}

package dev.heddle.models.family;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.weight.MemoryCheckpoint;
import org.junit.jupiter.api.Test;

final class TensorCheckTest {

    private static final Family LLAMA = Families.llama();
    private static final Decoder TIED =
            Configs.describe(LLAMA, Configs.changed(Configs.llama(), "{'tie_word_embeddings': true}"));

    private static MemoryCheckpoint complete() {
        MemoryCheckpoint checkpoint = new MemoryCheckpoint();
        TIED.storedTensors()
                .forEach((name, shape) ->
                        checkpoint.withFloats(name, shape, new float[Math.toIntExact(shape.elements())]));
        return checkpoint;
    }

    private static void check(MemoryCheckpoint checkpoint) {
        new TensorCheck(LLAMA, TIED, checkpoint).run();
    }

    @Test
    void completeCheckpoint_withCopiesAndRecomputedBuffers_passes() {
        MemoryCheckpoint checkpoint = complete()
                .withFloats("lm_head.weight", Shape.of(10, 16), new float[160])
                .withFloats("model.layers.0.self_attn.rotary_emb.inv_freq", Shape.of(2), 1, 2);

        assertThatCode(() -> check(checkpoint)).doesNotThrowAnyException();
    }

    @Test
    void missingTensor_isNamed() {
        MemoryCheckpoint checkpoint = complete();
        checkpoint.tensors().remove("model.norm.weight");

        assertProblem(checkpoint, "tensor model.norm.weight: expected shape [16], got no tensor of that name");
    }

    @Test
    void extraTensor_isNamed() {
        assertProblem(
                complete().withFloats("model.layers.0.self_attn.q_norm.weight", Shape.of(4), 1, 1, 1, 1),
                "memory: tensor model.layers.0.self_attn.q_norm.weight: expected only tensors that a llama model uses, got"
                        + " one it does not use");
    }

    @Test
    void tensorOfAnotherShape_isNamed() {
        assertProblem(
                complete().withFloats("model.norm.weight", Shape.of(1, 16), new float[16]),
                "memory: tensor model.norm.weight: expected shape [16], got [1,16]");
    }

    @Test
    void tensorOfIntegers_isNamed() {
        assertProblem(
                complete().with("model.norm.weight", DType.INT8, Shape.of(16), new byte[16]),
                "memory: tensor model.norm.weight: expected a floating-point type, got int8");
    }

    @Test
    void copyWithOtherValues_isNamed() {
        float[] others = new float[160];
        others[159] = 1;

        assertProblem(
                complete().withFloats("lm_head.weight", Shape.of(10, 16), others),
                "memory: tensor lm_head.weight: expected the same values as model.embed_tokens.weight, to which it is"
                        + " tied, got others");
    }

    @Test
    void severalProblems_areCounted() {
        MemoryCheckpoint checkpoint = complete();
        checkpoint.tensors().remove("model.norm.weight");
        checkpoint.tensors().remove("model.layers.1.input_layernorm.weight");

        assertProblem(
                checkpoint,
                "tensor model.layers.1.input_layernorm.weight: expected shape [16], got no tensor of that name (and 1 more"
                        + " tensor does not fit)");
    }

    private static void assertProblem(MemoryCheckpoint checkpoint, String message) {
        assertThatThrownBy(() -> check(checkpoint))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(message);
    }
}

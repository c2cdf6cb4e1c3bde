package dev.heddle.models.family;

import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.Checkpoints;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.decoder.DecoderReference;
import dev.heddle.models.decoder.DecoderState;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.models.reference.TensorAssertions;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightReader;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Logits of small models against those of code that is not ours: RAM's own model, transformers, and a separate
 * computation in float64 for Baichuan.
 */
final class SampleModelsTest {

    private static final Path SAMPLES = Path.of("src/test/resources/samples");

    /** The expected logits of the others come from float32; measured: at most 3.2e-6 of the largest logit. */
    @ParameterizedTest
    @CsvSource({
        "ram-mta-v2, 5e-6",
        "ram-mta-v1, 5e-6",
        "baichuan-m1-tiny, 1e-12",
        "llama-tiny, 5e-6",
        "diffllama-tiny, 5e-6",
    })
    void wholeSequence_givesTheExpectedLogits(String sample, double tolerance) {
        try (SourceModel model = SourceModel.open(SAMPLES.resolve(sample), Families.all());
                Checkpoint expected = Checkpoints.open(SAMPLES.resolve(sample).resolve("expected.safetensors"))) {
            DecoderReference reference = new DecoderReference(model.decoder(), new WeightReader(model.checkpoint()));

            DoubleTensor logits = reference.logits(ids(expected));

            assertClose(logits, logits(expected), tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({"ram-mta-v2", "ram-mta-v1", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny"})
    void chunks_giveTheLogitsOfTheWholeSequence(String sample) {
        try (SourceModel model = SourceModel.open(SAMPLES.resolve(sample), Families.all());
                Checkpoint expected = Checkpoints.open(SAMPLES.resolve(sample).resolve("expected.safetensors"))) {
            DecoderReference reference = new DecoderReference(model.decoder(), new WeightReader(model.checkpoint()));
            long[][] ids = ids(expected);

            DoubleTensor chunked =
                    DoubleTensor.zeros(ids.length, 0, model.decoder().vocabSize());
            DecoderState state = reference.fresh(ids.length);
            int done = 0;
            for (int length : new int[] {5, 1, 1, 3, 1, 1, ids[0].length - 12}) {
                long[][] chunk = slice(ids, done, done + length);
                DecoderReference.Step step = reference.step(DecoderReference.Input.unpadded(chunk, done), state);
                chunked = chunked.appendRows(step.logits());
                state = step.present();
                done += length;
            }

            assertClose(chunked, reference.logits(ids), 1e-12);
        }
    }

    private static long[][] slice(long[][] ids, int from, int to) {
        return Arrays.stream(ids).map(row -> Arrays.copyOfRange(row, from, to)).toArray(long[][]::new);
    }

    private static long[][] ids(Checkpoint expected) {
        StoredTensor tensor = expected.tensors().get("input_ids");
        long[] shape = tensor.shape().lengths();
        LongBuffer values = tensor.read(0, Math.toIntExact(shape[0] * shape[1])).asLongBuffer();
        long[][] ids = new long[(int) shape[0]][(int) shape[1]];
        for (long[] row : ids) {
            values.get(row);
        }
        return ids;
    }

    private static DoubleTensor logits(Checkpoint expected) {
        return new WeightReader(expected)
                .doubles(new Weight.Stored(
                        "logits", expected.tensors().get("logits").shape()));
    }

    /** Relative to the largest expected number. */
    private static void assertClose(DoubleTensor actual, DoubleTensor expected, double tolerance) {
        double largest = Arrays.stream(expected.data()).map(Math::abs).max().orElseThrow();

        TensorAssertions.assertClose(actual, expected, tolerance * largest);
    }
}

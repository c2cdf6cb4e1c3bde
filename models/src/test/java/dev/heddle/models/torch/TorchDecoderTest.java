package dev.heddle.models.torch;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.Checkpoints;
import dev.heddle.models.decoder.DecoderReference;
import dev.heddle.models.decoder.DecoderReference.Input;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.models.weight.WeightReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Logits of whole small models against PyTorch. Both sides read the same files of weights; what the fields and tensors
 * mean is written down twice, here and in {@code dev.heddle.models.family}.
 */
@NeedsTorch
final class TorchDecoderTest {

    /** Measured: at most 5e-15 of the largest logit. */
    private static final double TOLERANCE = 1e-12;

    private static final Path SAMPLES = Path.of("src/test/resources/samples");

    /** A checkpoint of other people's making, the file that describes it, and the layout of both. */
    enum Sample {
        RAM_MTA_V2("ram-mta-v2/consolidated", "params.json"),
        RAM_MTA_V1("ram-mta-v1", "params.json"),
        BAICHUAN_M1("baichuan-m1-tiny", "config.json"),
        LLAMA("llama-tiny", "config.json"),
        DIFF_LLAMA("diffllama-tiny", "config.json");

        private final Path folder;
        private final String description;

        Sample(String folder, String description) {
            this.folder = SAMPLES.resolve(folder);
            this.description = description;
        }

        private TorchDecoder decoder(StoredWeights weights) throws IOException {
            JsonNode config =
                    new ObjectMapper().readTree(folder.resolve(description).toFile());
            return switch (this) {
                case RAM_MTA_V2, RAM_MTA_V1 -> new RamDecoder(config.get("model"), weights).read();
                case BAICHUAN_M1 -> new BaichuanDecoder(config, weights).read();
                case LLAMA, DIFF_LLAMA -> new HuggingFaceDecoder(config, weights).read();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void reference_agreesWithTorch(Sample sample) throws IOException {
        long[][] ids = {
            {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2}, {2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5, 9, 0, 4, 5, 2}
        };

        Input input = Input.unpadded(ids, 0);

        TorchComparison.assertClose(onReference(sample, input), onTorch(sample, input), TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource
    void reference_withPadding_agreesWithTorch(Sample sample) throws IOException {
        Input input = new Input(
                new long[][] {{0, 0, 3, 1, 4, 1, 5, 9, 2}, {2, 7, 1, 8, 2, 8, 1, 0, 0}},
                new boolean[][] {
                    {false, false, true, true, true, true, true, true, true},
                    {true, true, true, true, true, true, true, false, false}
                },
                new long[][] {{0, 0, 0, 1, 2, 3, 4, 5, 6}, {0, 1, 2, 3, 4, 5, 6, 0, 0}});

        TorchComparison.assertClose(onReference(sample, input), onTorch(sample, input), TOLERANCE);
    }

    private static DoubleTensor onReference(Sample sample, Input input) {
        try (SourceModel model = SourceModel.open(sample.folder, Families.all())) {
            DecoderReference reference = new DecoderReference(model.decoder(), new WeightReader(model.checkpoint()));
            return reference.step(input, reference.fresh(input.ids().length)).logits();
        }
    }

    private static DoubleTensor onTorch(Sample sample, Input input) throws IOException {
        try (NDManager manager = TorchArrays.manager();
                Checkpoint checkpoint = Checkpoints.open(sample.folder)) {
            TorchDecoder decoder = sample.decoder(new StoredWeights(manager, checkpoint));
            return TorchArrays.doubles(decoder.logits(
                    TorchArrays.of(manager, input.ids()),
                    TorchArrays.of(manager, input.real()),
                    TorchArrays.of(manager, input.positions())));
        }
    }
}

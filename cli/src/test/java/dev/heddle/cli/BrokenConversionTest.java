package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.onnx.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way back from models that do not hold what they say. */
final class BrokenConversionTest {

    @TempDir
    private Path folder;

    @Test
    void tensorThatNobodyHolds_isNamed() throws IOException {
        Path source = SourceCopy.of(SampleParityTest.SAMPLES.resolve("ram-mta-v2"), folder.resolve("source"))
                .with("rope_embeddings.freqs_cis", new SixteenFloats())
                .written(DType.FLOAT32);
        Path model = folder.resolve("model");
        CommandRun.of("export", source, "-o", model).assertDone();
        Files.delete(model.resolve("model.onnx.source"));

        CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("back"));

        run.assertFailed("tensor rope_embeddings.freqs_cis: expected one that a lingua-mta model has, or that is kept"
                + " beside it, got neither");
        assertThat(folder.resolve("back")).doesNotExist();
    }

    @Test
    void tensorLargerThanTheModelsWeights_isRefused() throws IOException {
        Path model = withPlannedRows(ExportedModels.export("llama-tiny", folder), "model.embed_tokens.weight", 41);

        CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("back"));

        run.assertFailed(
                "tensor model.embed_tokens.weight: expected 5248 bytes of the model's weights, got 5120; export"
                        + " the source again");
        assertThat(folder.resolve("back")).doesNotExist();
    }

    @Test
    void modelThatIsNoFolder_isRefused() {
        Path model = ExportedModels.export("llama-tiny", folder);
        Path file = model.resolve("model.onnx");

        CommandRun.of("convert", file, "-o", folder.resolve("back"))
                .assertFailed(file + ": expected a model folder, got a file; give " + model);
        CommandRun.of("convert", folder.resolve("nowhere"), "-o", folder.resolve("back"))
                .assertFailed(folder.resolve("nowhere") + ": expected a model folder or an .onnx file, found nothing");
    }

    /** Says that a tensor of the source has that many rows. */
    private Path withPlannedRows(Path model, String tensor, int rows) throws IOException {
        Model read = ModelReader.read(model.resolve("model.onnx"));
        ObjectNode description =
                (ObjectNode) new ObjectMapper().readTree(read.metadata().get("heddle"));
        ArrayNode type =
                (ArrayNode) description.at("/checkpoint/files/0/tensors").get(tensor);
        type.set(1, rows);
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.copy(model.resolve("config.json"), other.resolve("config.json"));
        new ModelWriter(other, (weight, bytes) -> {}).write(read.withMetadata("heddle", description.toString()));
        return other;
    }
}

package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a model file. */
final class InspectCommandTest {

    @TempDir
    private Path folder;

    private Path export(String name, Object... options) throws IOException {
        return Files.move(
                ExportedModels.export("llama-tiny", Files.createDirectory(folder.resolve("in-" + name)), options),
                folder.resolve(name));
    }

    @Test
    void json_tellsWhatTheTextTells() throws IOException {
        Path model = export("model");

        CommandRun run = CommandRun.of("inspect", model, "--json", "--batch", 2, "--length", 16);

        run.assertDone();
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.path("ir_version").asInt()).isEqualTo(10);
        assertThat(json.path("opsets").path("ai.onnx").asInt()).isEqualTo(23);
        assertThat(json.path("heddle").path("family").asText()).isEqualTo("llama");
        assertThat(json.path("parameters").path("float").path("elements").asLong())
                .isGreaterThanOrEqualTo(json.path("heddle").path("parameters").asLong());
        assertThat(json.path("data_files").path(0).path("problem").asText()).isEmpty();
        assertThat(json.path("inputs").path(0).path("type").asText()).isEqualTo("int64[batch,q_len]");
        assertThat(json.path("operators").path("RMSNormalization").asInt()).isEqualTo(5);
    }

    @Test
    void memory_beyondAllNumbers_isRefused() throws IOException {
        Path model = export("model");

        CommandRun run = CommandRun.of("inspect", model, "--batch", 2_000_000_000, "--length", 2_000_000_000);

        assertThat(run.err())
                .isEqualTo("heddle: " + model.resolve("model.onnx") + ": 2000000000 sequences of 2000000000 tokens:"
                        + " expected to need fewer than 2^63 bytes, got more; give smaller numbers\n");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void folder_withoutAModel_isRefusedAsByOtherCommands() {
        CommandRun.of("inspect", folder)
                .assertFailed(folder + ": expected a file model.onnx in this folder, found none");
        CommandRun.of("inspect", folder.resolve("x"))
                .assertFailed(folder.resolve("x") + ": expected a model folder or an .onnx file, found nothing");
    }

    /** 2 layers of key and value, 2 heads of 8, float32; 40 logits. */
    @Test
    void memory_isCountedFromTheShapes() throws IOException {
        Path model = export("model");

        JsonNode memory = new ObjectMapper()
                .readTree(CommandRun.of("inspect", model, "--json", "--batch", 3, "--length", 16)
                        .out())
                .path("memory");

        assertThat(memory.path("state").asLong()).isEqualTo(3 * 16 * 2 * 2 * 2 * 8 * 4);
        assertThat(memory.path("prompt_logits").asLong()).isEqualTo(3 * 16 * 40 * 4);
        assertThat(memory.path("step_logits").asLong()).isEqualTo(3 * 40 * 4);
        assertThat(memory.path("values_of_unknown_shape").asInt()).isZero();
        assertThat(memory.path("prompt_peak").asLong())
                .isGreaterThan(memory.path("state").asLong());
        assertThat(CommandRun.of("inspect", model, "--batch", 3, "--length", 16).out())
                .contains("  state    12.3 KB after 16 tokens of 3 sequences\n");
    }

    @Test
    void state_ofLayersThatKeepLittle_isLimited() throws IOException {
        Path model = ExportedModels.export("ram-mta-v2", folder);

        JsonNode memory = new ObjectMapper()
                .readTree(CommandRun.of("inspect", model, "--json", "--length", 100)
                        .out())
                .path("memory");

        long keysAndValues = 100L * 3 * 2 * 4 * 8 * 4;
        long queries = 10L * 4 * 8 * 4;
        assertThat(memory.path("state").asLong()).isEqualTo(keysAndValues + queries);
    }

    @Test
    void diff_ofTheSameExport_findsNothing() throws IOException {
        Path model = export("model");

        CommandRun run = CommandRun.of("inspect", model, "--diff", export("other"));

        run.assertDone();
        assertThat(run.out()).isEqualTo("no difference\n");
    }

    @Test
    void diff_namesTheWeightThatChanged() throws IOException {
        Path model = export("model");
        Path other = export("other");
        byte[] weights = Files.readAllBytes(other.resolve("model.onnx.data"));
        weights[2] ^= 1;
        Files.write(other.resolve("model.onnx.data"), weights);

        CommandRun run = CommandRun.of("inspect", model, "--diff", other);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .isEqualTo("constant model.embed_tokens.weight: float[40,32] of other values\n1 difference\n");
    }

    @Test
    void diff_ofOpsets_namesThem() throws IOException {
        CommandRun run = CommandRun.of("inspect", export("model"), "--diff", export("other", "--opset", 21));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out())
                .startsWith("opset ai.onnx: 23, 21\n")
                .contains("operator RMSNormalization: 5, none\n")
                .doesNotContain("constant model");
    }

    @Test
    void weightsThatAreMissing_areToldAfterTheRest() throws IOException {
        Path model = export("model");
        Files.delete(model.resolve("model.onnx.data"));

        CommandRun run = CommandRun.of("inspect", model);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("heddle: model.onnx: tensor model.embed_tokens.weight: its data file model.onnx.data is"
                        + " missing\n");
        assertThat(run.out()).contains("\noperators\n");
    }

    @Test
    void ranges_areChecked() throws IOException {
        Path model = export("model");

        CommandRun.of("inspect", model, "--length", 0)
                .assertMisused("invalid value for option '--length': expected at least 1, got 0; see heddle inspect"
                        + " --help");
    }
}

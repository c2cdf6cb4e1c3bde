package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.runtime.session.OpsLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That each subject measures what it says; how fast things are is for people to judge. */
@Tag("native")
final class BenchCommandTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void needsTheLibrary() {
        assumeTrue(
                OpsLibrary.installed().locate().isPresent(),
                "libheddle_ops was not built on this machine: no C++ compiler or no cmake");
    }

    private JsonNode bench(Object... arguments) throws IOException {
        Path json = folder.resolve("report.json");
        List<Object> all = new ArrayList<>(List.of("bench"));
        all.addAll(Arrays.asList(arguments));
        all.addAll(List.of("--rounds", 1, "--json", json));
        CommandRun run = CommandRun.of(all.toArray());
        run.assertDone();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("cases")).isNotEmpty();
        report.path("cases").forEach(node -> assertThat(run.out())
                .contains(node.path("case").asText().split(",")[0]));
        return report.path("cases");
    }

    @ParameterizedTest
    @CsvSource({"attention, T=64", "decode, past 128"})
    void attention_isMeasuredInBothForms(String subject, String only) throws IOException {
        JsonNode node = bench(subject, "--case", only).path(0);

        assertThat(node.path("case").asText()).contains(only);
        assertThat(node.path("native_ms").asDouble()).isPositive();
        assertThat(node.path("faster").asDouble())
                .isEqualTo(
                        node.path("body_ms").asDouble() / node.path("native_ms").asDouble());
        assertThat(node.path("off").asDouble()).isBetween(1e-9, 1e-4);
    }

    @Test
    void shift_isMeasuredAgainstCopying() throws IOException {
        JsonNode node = bench("shift").path(0);

        // Both forms round the same sums, so they may agree in all bits.
        assertThat(node.path("off").asDouble()).isBetween(0.0, 1e-6);
        double bytes = 2 * 4.0 * 4 * 8 * 1024 * 128;
        assertThat(node.path("native_gb_per_s").asDouble())
                .isEqualTo(bytes / node.path("native_ms").asDouble() / 1e6);
        assertThat(node.path("copy_of_copy").asDouble()).isEqualTo(1);
    }

    @Test
    void longPrompt_needsFarLessMemoryThanItsScores() throws IOException {
        JsonNode node = bench("length", "--case", "T=4096").path(0);

        assertThat(node.path("scores_bytes").asLong()).isEqualTo(4L * 8 * 4096 * 4096);
        assertThat(node.path("peak_bytes").asLong())
                .isBetween(1L << 20, node.path("scores_bytes").asLong() / 4);
    }

    @Test
    void model_isMeasuredWithItsPartOfAttention() throws IOException {
        Path model = ExportedModels.export("ram-mta-v2", folder);

        JsonNode cases = bench("model", model, "--prompt", 64);

        assertThat(cases).hasSize(2);
        for (JsonNode node : cases) {
            assertThat(node.path("native_attention").asDouble()).isBetween(1e-3, 1 - 1e-3);
            assertThat(node.path("body_attention").asDouble()).isBetween(1e-3, 1 - 1e-3);
        }
    }

    @Test
    void modelWithoutCache_hasNoSteps() throws IOException {
        Path model = ExportedModels.export("ram-mta-v2", folder, "--cache", "none");

        assertThat(bench("model", model, "--prompt", 16)).hasSize(1);
    }

    @Test
    void export_isMeasuredInTheGivenType() throws IOException {
        JsonNode wide = bench("export", "preset:mta-toy").path(0);
        JsonNode narrow = bench("export", "preset:mta-toy", "--dtype", "bf16").path(0);

        assertThat(wide.path("dtype").asText()).isEqualTo("float");
        assertThat(narrow.path("dtype").asText()).isEqualTo("bfloat16");
        assertThat(narrow.path("bytes").asLong()).isLessThan(wide.path("bytes").asLong() * 3 / 4);
    }

    @Test
    void case_thatDoesNotExist_isRefused() {
        CommandRun.of("bench", "decode", "--rounds", 1, "--case", "T=3")
                .assertFailed("--case T=3: expected a part of some case's title, got none; titles are as full v2, H=16"
                        + " d=64, 16 tokens at past 1024");
    }

    @Test
    void json_thatCannotBeWritten_isRefusedBeforeAnythingIsMeasured() {
        Path nowhere = folder.resolve("nowhere");

        CommandRun.of("bench", "decode", "--case", "past 128", "--rounds", 1, "--json", nowhere.resolve("x.json"))
                .assertFailed(nowhere + ": expected a file or folder, but there is none of this name");
    }

    @Test
    void dtype_belongsToExport() {
        CommandRun.of("bench", "shift", "--dtype", "bf16")
                .assertMisused("--dtype: expected with the subject export, and only with it; see heddle bench --help");
    }

    @ParameterizedTest
    @CsvSource({"model,", "export,", "shift, somewhere"})
    void folder_belongsToModelAndExport(String subject, String given) {
        Object[] arguments = given == null ? new Object[] {"bench", subject} : new Object[] {"bench", subject, given};

        CommandRun.of(arguments)
                .assertMisused(
                        "invalid value for DIR: expected one with the subjects model and export, and only with them; see heddle bench --help");
    }
}

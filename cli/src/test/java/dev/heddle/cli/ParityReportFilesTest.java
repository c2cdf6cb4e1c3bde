package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code heddle parity} prints and writes. */
final class ParityReportFilesTest {

    @TempDir
    private Path folder;

    private Path one;
    private Path other;

    @BeforeEach
    void writeLogits() throws IOException {
        one = stored("one.safetensors", 1, 2, 3, 4);
        other = stored("other.safetensors", 1, 2, 3, 4.5f);
    }

    private Path stored(String name, float... logits) throws IOException {
        Path file = folder.resolve(name);
        TensorFile.write(file, Map.of("logits", HostTensor.ofFloats(logits, 1, 1, logits.length)));
        return file;
    }

    @Test
    void comparison_isPrintedAsATable() {
        CommandRun run = CommandRun.of("parity", one, other, "--top-k", "2,3");

        assertThat(run.exitCode()).isEqualTo(Heddle.PARITY_MISMATCH);
        assertThat(run.out())
                .contains("expected   " + one + ", stored, float32\n")
                .contains("outputs: 1 of 1 fails\n")
                .contains("logits: argmax 1 of 1; top-2 Jaccard mean 1.000 min 1.000, top-3 Jaccard")
                .contains("logits: 1 of 4 differ, worst at [0,0,3]: expected 4.000000, got 4.500000")
                .contains("tolerance  logits: 1e-5*largest + 1e-4*|expected|\n")
                .endsWith("DIFFERENT: 1 of 1 checks fail\n");
    }

    @Test
    void rows_limitWhatIsPrinted() {
        assertThat(CommandRun.of("parity", one, other, "--rows", "0").out()).contains("  and 1 more fail\n");
    }

    @Test
    void allForms_areWrittenInOneRun() throws Exception {
        Path json = folder.resolve("report.json");
        Path html = folder.resolve("report.html");
        Path junit = folder.resolve("report.xml");

        CommandRun run = CommandRun.of("parity", one, other, "--json", json, "--html", html, "--junit", junit);

        assertThat(run.exitCode()).isEqualTo(Heddle.PARITY_MISMATCH);
        JsonNode root = new ObjectMapper().readTree(json.toFile());
        assertThat(root.path("passed").asBoolean(true)).isFalse();
        assertThat(root.at("/sections/0/tensors/0/abs/max").asDouble()).isEqualTo(0.5);
        assertThat(html).content().contains("DIFFERENT: 1 of 1 checks fail").endsWith("</html>\n");
        assertThat(DocumentBuilderFactory.newDefaultInstance()
                        .newDocumentBuilder()
                        .parse(junit.toFile())
                        .getDocumentElement()
                        .getAttribute("failures"))
                .isEqualTo("1");
        assertThat(FolderContents.names(folder))
                .containsExactlyInAnyOrder(
                        "one.safetensors", "other.safetensors", "report.json", "report.html", "report.xml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--json", "--html", "--junit"})
    void fileThatCannotBeMade_isRefusedBeforeTheComparison(String option) {
        Path nowhere = folder.resolve("nowhere");

        CommandRun.of("parity", one, other, option, nowhere.resolve("report"))
                .assertFailed(nowhere + ": expected a file or folder, but there is none of this name");
        CommandRun.of("parity", one, other, option, folder)
                .assertFailed(folder + ": expected the name of a file, got a folder");
    }

    @Test
    void twoForms_inOneFile_areRefused() {
        Path file = folder.resolve("report");

        CommandRun.of("parity", one, other, "--json", file, "--html", file)
                .assertMisused(file + " is given twice; give each form of the report its own file; see heddle parity"
                        + " --help");
        assertThat(Files.exists(file)).isFalse();
    }
}

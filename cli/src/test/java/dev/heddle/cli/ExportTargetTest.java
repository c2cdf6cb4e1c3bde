package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where an export may write: nothing is lost that was there before. */
final class ExportTargetTest {

    @TempDir
    private Path folder;

    private ExportTrial trial;

    @BeforeEach
    void copySample() throws IOException {
        trial = ExportTrial.of("llama-tiny", folder);
        Files.delete(trial.file("expected.safetensors"));
    }

    /** The export fails with this line, and no file anywhere is made, changed or removed. */
    private void assertRefused(String line, Path target, Object... options) throws IOException {
        Map<String, String> before = FolderContents.of(folder);

        CommandRun run =
                CommandRun.of(Stream.concat(Stream.of("export", trial.source(), "-o", target), Stream.of(options))
                        .toArray());

        run.assertFailed(line);
        assertThat(FolderContents.of(folder)).isEqualTo(before);
    }

    private static Path modelIn(Path folder) throws IOException {
        Files.createDirectories(folder);
        return Files.writeString(folder.resolve("model.onnx"), "an older model");
    }

    @Test
    void target_thatIsAModelFolder_isRefusedWithoutForce() throws IOException {
        modelIn(trial.target());

        assertRefused(
                trial.target() + ": expected a name that is free, but it exists; give --force to replace it",
                trial.target());
    }

    @Test
    void target_thatIsAModelFolder_isReplacedWithForce() throws IOException {
        Path model = modelIn(trial.target());
        Files.writeString(trial.target().resolve("vocab.json"), "of the older model");

        trial.export("--force").assertDone();

        assertThat(Files.size(model)).isGreaterThan(1000);
        assertThat(FolderContents.names(trial.target()))
                .containsExactly(
                        "config.json",
                        "genai_config.json",
                        "generation_config.json",
                        "model.onnx",
                        "model.onnx.data",
                        "model.onnx.source");
        assertThat(FolderContents.names(trial.around())).containsExactly("model");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void target_thatIsAnotherFolder_isRefused(boolean force) throws IOException {
        Files.createDirectory(trial.target());
        Files.writeString(trial.target().resolve("diary.txt"), "dear diary");

        assertRefused(
                trial.target() + ": expected a name that is free, or with --force a model folder, got a folder without"
                        + " model.onnx; give another name",
                trial.target(),
                force ? new Object[] {"--force"} : new Object[0]);
    }

    @Test
    void target_thatIsAFile_isRefusedWithForce() throws IOException {
        Files.writeString(trial.target(), "a file");

        assertRefused(
                trial.target() + ": expected a name that is free, or with --force a model folder, got a file; give"
                        + " another name",
                trial.target(),
                "--force");
    }

    @Test
    void target_thatIsALink_isRefusedWithForce() throws IOException {
        modelIn(folder.resolve("elsewhere"));
        Files.createSymbolicLink(trial.target(), folder.resolve("elsewhere"));

        assertRefused(
                trial.target() + ": expected a name that is free, or with --force a model folder, got a link; give"
                        + " another name",
                trial.target(),
                "--force");
    }

    @Test
    void target_belowAFile_isRefused() throws IOException {
        Path file = Files.writeString(trial.around().resolve("file"), "a file");

        assertRefused(file + ": expected a folder, got a file", file.resolve("deeper/model"));
    }

    @Test
    void target_thatIsTheSource_isRefusedWithForce() throws IOException {
        assertRefused(
                trial.source() + ": expected a name that is free, or with --force a model folder, got a folder without"
                        + " model.onnx; give another name",
                trial.source(),
                "--force");
    }

    @Test
    void target_thatIsTheSourceWithAModelInIt_isRefusedWithForce() throws IOException {
        modelIn(trial.source());

        assertRefused(
                trial.source() + ": expected a model folder to replace, got one that also holds model.safetensors; move"
                        + " that away or give another name",
                trial.source(),
                "--force");
    }

    @Test
    void target_aroundTheSource_isRefusedWithForce() throws IOException {
        modelIn(folder);

        assertRefused(
                folder + ": expected a model folder to replace, got one that also holds source/model.safetensors; move"
                        + " that away or give another name",
                folder,
                "--force");
    }

    @Test
    void target_toWhichTheSourceHasLinks_isRefusedWithForce() throws IOException {
        modelIn(trial.target());
        Files.move(trial.file("config.json"), trial.target().resolve("config.json"));
        Files.createSymbolicLink(trial.file("config.json"), trial.target().resolve("config.json"));

        assertRefused(
                trial.target() + ": expected a folder apart from the source, but " + trial.source()
                        + " has files in it; give another name",
                trial.target(),
                "--force");
    }

    @Test
    void target_insideTheSource_leavesTheSourceAsItIs() throws IOException {
        Map<String, String> before = FolderContents.of(trial.source());
        Path inside = trial.source().resolve("onnx");

        CommandRun.of("export", trial.source(), "-o", inside).assertDone();
        CommandRun.of("export", trial.source(), "-o", inside, "--force").assertDone();

        Map<String, String> after = FolderContents.of(trial.source());
        assertThat(after).containsAllEntriesOf(before);
        after.keySet().removeAll(before.keySet());
        assertThat(after.keySet()).allMatch(file -> file.startsWith("onnx/"));
    }

    @Test
    void target_withAFailingSource_keepsTheOldModel() throws IOException {
        modelIn(trial.target());
        Files.writeString(trial.file("config.json"), "{}");

        assertRefused(
                trial.source()
                        + ": expected one configuration of lingua-mta, baichuan-m1, llama, diffllama, got none in"
                        + " [config.json: no model_type]",
                trial.target(),
                "--force");
    }
}

package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the real program shows: writes that fail, and pipes that break. */
final class HeddleProcessTest {

    /** No file may have more than 100 KiB, as on a disk that is nearly full. */
    private static final String LIMITED = "ulimit -f 100; exec \"$@\"";

    @TempDir
    private Path folder;

    @Test
    void export_toAFullDisk_namesTheFileAndLeavesNothing() throws IOException, InterruptedException {
        ExportTrial trial = ExportTrial.of("ram-mta-v2", folder);

        CommandRun run = HeddleProcess.start(LIMITED, "export", trial.source(), "-o", trial.target())
                .finish();

        run.assertFailed(trial.target().resolve("model.onnx.data")
                + ": cannot be written: File too large; free space or choose another folder");
        assertThat(FolderContents.names(trial.around())).isEmpty();
    }

    @Test
    void export_toAFullDisk_keepsTheOldModel() throws IOException, InterruptedException {
        ExportTrial trial = ExportTrial.of("ram-mta-v2", folder);
        trial.export().assertDone();
        Map<String, String> before = FolderContents.of(trial.around());

        CommandRun run = HeddleProcess.start(LIMITED, "export", trial.source(), "-o", trial.target(), "--force")
                .finish();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(FolderContents.of(trial.around())).isEqualTo(before);
        assertThat(FolderContents.names(trial.around())).containsExactly("model");
    }

    @Test
    void companionFile_thatDoesNotFitOnTheDisk_isNamed() throws IOException, InterruptedException {
        ExportTrial trial = ExportTrial.of("llama-tiny", folder);
        Files.write(trial.file("tokenizer.json"), new byte[200_000]);

        CommandRun run = HeddleProcess.start(LIMITED, "export", trial.source(), "-o", trial.target())
                .finish();

        run.assertFailed(trial.target().resolve("tokenizer.json")
                + ": cannot be written: File too large; free space or choose another folder");
        assertThat(FolderContents.names(trial.around())).isEmpty();
    }

    /** Runs the program with a small disk of its own as {@code around}, which nobody else sees, and then says what is left on it. */
    private CommandRun onOwnDisk(ExportTrial trial, String options) throws IOException, InterruptedException {
        String mount = "mount -t tmpfs -o " + options + " none " + trial.around();
        assumeTrue(
                new ProcessBuilder("unshare", "-rm", "bash", "-c", mount)
                                .start()
                                .waitFor()
                        == 0,
                "no disks can be mounted here");
        String shell = "exec unshare -rm bash -c '" + mount + " && { \"$@\"; code=$?; ls -A " + trial.around()
                + "; exit $code; }' bash \"$@\"";
        return HeddleProcess.start(shell, "export", trial.source(), "-o", trial.target())
                .finish();
    }

    @Test
    void export_toADiskThatIsTooSmall_namesTheFileAndLeavesNothing() throws IOException, InterruptedException {
        ExportTrial trial = ExportTrial.of("ram-mta-v2", folder);

        CommandRun run = onOwnDisk(trial, "size=100k");

        run.assertFailed(trial.target().resolve("model.onnx.data")
                + ": cannot be written: No space left on device; free space or choose another folder");
    }

    @Test
    void export_toADiskThatIsReadOnly_isRefused() throws IOException, InterruptedException {
        ExportTrial trial = ExportTrial.of("ram-mta-v2", folder);

        CommandRun run = onOwnDisk(trial, "ro");

        run.assertFailed(trial.around() + ": expected to be allowed to use it, but access was denied");
    }

    @Test
    void export_toADiskThatIsLargeEnough_succeeds() throws IOException, InterruptedException {
        ExportTrial trial = ExportTrial.of("ram-mta-v2", folder);

        CommandRun run = onOwnDisk(trial, "size=10m");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).endsWith("\nmodel\n");
    }

    @Test
    void output_toAFullDisk_isAFailure() throws IOException, InterruptedException {
        CommandRun run =
                HeddleProcess.start("exec \"$@\" > /dev/full", "presets").finish();

        run.assertFailed("standard output: cannot be written: No space left on device");
    }

    @Test
    void output_toAPipeWhoseReaderHasGone_isNoFailure() throws IOException, InterruptedException {
        CommandRun run = HeddleProcess.start("\"$@\" | true; exit ${PIPESTATUS[0]}", "presets")
                .finish();

        run.assertDone();
    }
}

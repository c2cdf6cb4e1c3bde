package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports that are killed at any moment, from the first line of the program to the last move of a folder. */
final class KilledExportTest {

    private static final int MOMENTS = 10;

    /** Some 14 MB, so that writing is a good part of the program's time. */
    private static final String SOURCE = "preset:mta-toy";

    @TempDir
    private Path folder;

    private Path around;
    private Path target;

    @BeforeEach
    void makeFolders() throws IOException {
        around = Files.createDirectory(folder.resolve("around"));
        target = around.resolve("model");
    }

    private static HeddleProcess start(Path target, int seed, String... options) throws IOException {
        return HeddleProcess.start(
                "exec \"$@\"",
                Stream.concat(
                                Stream.of("export", SOURCE, "--seed", seed, "--shard-size", "2MB", "-o", target),
                                Stream.of(options))
                        .toArray());
    }

    /** What an export of this seed gives. */
    private Map<String, String> complete(int seed) throws IOException {
        Path model = folder.resolve("complete-" + seed);
        CommandRun.of("export", SOURCE, "--seed", seed, "--shard-size", "2MB", "-o", model)
                .assertDone();
        return FolderContents.of(model);
    }

    /** Nanoseconds of one whole run, its start included. */
    private long duration() throws IOException, InterruptedException {
        long start = System.nanoTime();
        start(folder.resolve("timed"), 1).finish().assertDone();
        return System.nanoTime() - start;
    }

    /** Kills an export some way through its time; a moment may come after its end. */
    private void kill(HeddleProcess export, long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos);
        export.handle().destroyForcibly();
        export.handle().onExit().join();
    }

    /** The folders that are neither the target nor hidden leftovers of an export to it. */
    private List<String> others() throws IOException {
        return FolderContents.names(around).stream()
                .filter(name -> !name.equals("model") && !name.startsWith(".model.heddle-"))
                .toList();
    }

    @Test
    void export_killedAtRandomMoments_leavesAllOrNothing() throws IOException, InterruptedException {
        Map<String, String> complete = complete(1);
        long duration = duration();
        for (double moment : new Moments(3, MOMENTS).list()) {
            kill(start(target, 1), (long) (moment * duration));

            assertThat(others()).isEmpty();
            if (Files.exists(target)) {
                assertThat(FolderContents.of(target)).as("killed at %s", moment).isEqualTo(complete);
                FolderContents.remove(target);
            }
        }

        CommandRun.of("export", SOURCE, "--seed", 1, "--shard-size", "2MB", "-o", target)
                .assertDone();

        assertThat(FolderContents.names(around)).containsExactly("model");
        assertThat(FolderContents.of(target)).isEqualTo(complete);
    }

    @Test
    void export_overAnOldModel_killedAtRandomMoments_keepsOneOfThem() throws IOException, InterruptedException {
        Map<String, String> old = complete(1);
        Map<String, String> complete = complete(2);
        long duration = duration();
        FolderContents.copy(folder.resolve("complete-1"), target);
        for (double moment : new Moments(7, MOMENTS).list()) {
            kill(start(target, 2, "--force"), (long) (moment * duration));

            assertThat(others()).isEmpty();
            assertThat(FolderContents.of(present())).as("killed at %s", moment).isIn(old, complete);
        }

        CommandRun.of("export", SOURCE, "--seed", 2, "--shard-size", "2MB", "-o", target, "--force")
                .assertDone();

        assertThat(FolderContents.names(around)).containsExactly("model");
        assertThat(FolderContents.of(target)).isEqualTo(complete);
    }

    /** The model; between two moves of folders it is the old one under its hidden name, which the next export puts back. */
    private Path present() throws IOException {
        if (Files.exists(target)) {
            return target;
        }
        try (Stream<Path> entries = Files.list(around)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith(".model.heddle-old-"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}

package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.onnx.StagedFolder.Existing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StagedFolderTest {

    /** Larger than any process number of Linux. */
    private static final String DEAD_PROCESS = "99999999";

    @TempDir
    private Path parent;

    private Path target;

    @BeforeEach
    void nameTarget() {
        target = parent.resolve("out");
    }

    @Test
    void commit_movesTheFolderIntoPlace() throws IOException {
        try (StagedFolder staged = StagedFolder.open(target, Existing.REFUSE)) {
            Files.writeString(staged.path().resolve("a.txt"), "new");
            assertThat(target).doesNotExist();
            staged.commit();
        }

        assertThat(target.resolve("a.txt")).hasContent("new");
        assertThat(parent).isDirectoryNotContaining(path -> !path.equals(target));
    }

    @Test
    void commit_overAnOldFolder_replacesIt() throws IOException {
        Files.createDirectories(target.resolve("sub"));
        Files.writeString(target.resolve("sub/old.txt"), "old");

        try (StagedFolder staged = StagedFolder.open(target, Existing.REPLACE)) {
            Files.writeString(staged.path().resolve("a.txt"), "new");
            assertThat(target.resolve("sub/old.txt")).exists();
            staged.commit();
        }

        assertThat(target).isDirectoryContaining(path -> path.endsWith("a.txt"));
        assertThat(target.resolve("sub")).doesNotExist();
        assertThat(parent).isDirectoryNotContaining(path -> !path.equals(target));
    }

    @Test
    void close_withoutCommit_leavesNothing() throws IOException {
        try (StagedFolder staged = StagedFolder.open(target, Existing.REFUSE)) {
            Files.writeString(staged.path().resolve("a.txt"), "half");
        }

        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void close_withoutCommit_keepsTheOldFolder() throws IOException {
        Files.createDirectory(target);
        Files.writeString(target.resolve("old.txt"), "old");

        try (StagedFolder staged = StagedFolder.open(target, Existing.REPLACE)) {
            Files.writeString(staged.path().resolve("a.txt"), "half");
        }

        assertThat(target.resolve("old.txt")).hasContent("old");
        assertThat(parent).isDirectoryNotContaining(path -> !path.equals(target));
    }

    @Test
    void open_onAnExistingFolder_isRefused() throws IOException {
        Files.createDirectory(target);

        assertThatThrownBy(() -> StagedFolder.open(target, Existing.REFUSE))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(target.toString());
    }

    @Test
    void open_afterAKilledProcess_removesWhatItLeft() throws IOException {
        Path leftover = Files.createDirectory(parent.resolve(".out.heddle-new-" + DEAD_PROCESS));
        Files.writeString(leftover.resolve("half.txt"), "half");
        Path unrelated = Files.createDirectory(parent.resolve(".outer.heddle-new-" + DEAD_PROCESS));

        StagedFolder.open(target, Existing.REFUSE).close();

        assertThat(leftover).doesNotExist();
        assertThat(unrelated).exists();
    }

    @Test
    void open_afterAnEarlierProcessOfTheSameNumber_removesWhatItLeft() throws IOException {
        // As in a container, where the program is process 1 each time.
        long hourAgo = System.currentTimeMillis() - 3_600_000;
        String owner = ProcessHandle.current().pid() + "-" + hourAgo;
        Path leftover = Files.createDirectory(parent.resolve(".out.heddle-new-" + owner));

        StagedFolder.open(target, Existing.REFUSE).close();

        assertThat(leftover).doesNotExist();
    }

    @Test
    void open_ofAnotherTargetWithALongerName_leavesItAlone() throws IOException {
        Path other = Files.createDirectory(parent.resolve(".out.heddle-new-x"));

        StagedFolder.open(target, Existing.REFUSE).close();

        assertThat(other).exists();
    }

    @Test
    void commit_overAFolderMadeMeanwhile_isRefused() throws IOException {
        try (StagedFolder staged = StagedFolder.open(target, Existing.REFUSE)) {
            Files.createDirectory(target);
            Files.writeString(target.resolve("other.txt"), "other");

            assertThatThrownBy(staged::commit)
                    .isInstanceOf(FileAlreadyExistsException.class)
                    .hasMessage(target.toString());
        }

        assertThat(target.resolve("other.txt")).hasContent("other");
        assertThat(parent).isDirectoryNotContaining(path -> !path.equals(target));
    }

    @Test
    void commit_afterClose_isRefused() throws IOException {
        StagedFolder staged = StagedFolder.open(target, Existing.REFUSE);
        staged.close();

        assertThatThrownBy(staged::commit)
                .isInstanceOf(IOException.class)
                .hasMessage(target + ": not written, it was given up before it was complete");
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void open_whileAnotherProcessStages_leavesItAlone() throws IOException {
        long alive = ProcessHandle.current().parent().orElseThrow().pid();
        Path other = Files.createDirectory(parent.resolve(".out.heddle-new-" + alive));

        StagedFolder.open(target, Existing.REFUSE).close();

        assertThat(other).exists();
    }

    @Test
    void open_afterAProcessWasKilledInCommit_putsTheOldFolderBack() throws IOException {
        Path retired = Files.createDirectory(parent.resolve(".out.heddle-old-" + DEAD_PROCESS));
        Files.writeString(retired.resolve("old.txt"), "old");

        StagedFolder.open(target, Existing.REPLACE).close();

        assertThat(target.resolve("old.txt")).hasContent("old");
        assertThat(retired).doesNotExist();
    }

    @Test
    void open_afterAProcessWasKilledAfterCommit_removesTheOldFolder() throws IOException {
        Files.createDirectory(target);
        Path retired = Files.createDirectory(parent.resolve(".out.heddle-old-" + DEAD_PROCESS));

        StagedFolder.open(target, Existing.REPLACE).close();

        assertThat(target).exists();
        assertThat(retired).doesNotExist();
    }

    @Test
    void open_ofTheFileSystemsRoot_isRefused() {
        assertThatThrownBy(() -> StagedFolder.open(Path.of("/"), Existing.REPLACE))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage("/");
    }
}

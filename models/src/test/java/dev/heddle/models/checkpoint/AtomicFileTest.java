package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.onnx.UnwritableFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir
    private Path folder;

    @Test
    void content_replacesWhatWasThere() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "a longer text");

        AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(new byte[] {'n', 'e', 'w'})));

        assertThat(file).hasContent("new");
        assertThat(folder).isDirectoryContaining(file::equals);
        assertThat(folder.toFile().list()).hasSize(1);
    }

    @Test
    void failure_leavesWhatWasThereAndNothingElse() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "old");

        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    channel.write(ByteBuffer.wrap(new byte[] {'n'}));
                    throw new IOException("disk full");
                }))
                .isInstanceOf(UnwritableFileException.class)
                .hasMessage(file + ": cannot be written: disk full; free space or choose another folder");

        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).hasSize(1);
    }

    @Test
    void file_inAFolderThatIsNotThere_namesTheFolder() {
        Path absent = folder.resolve("absent");

        assertThatThrownBy(() -> AtomicFile.write(absent.resolve("f"), channel -> {}))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(absent.toString());
    }

    @Test
    void file_thatIsAFolder_isRefused() {
        assertThatThrownBy(() -> AtomicFile.write(folder, channel -> {}))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(folder + ": expected the name of a file, got a folder");
    }

    @Test
    void file_hasTheRightsOfAnOrdinaryFile() throws IOException {
        Path ordinary = Files.createFile(folder.resolve("ordinary"));
        Path file = folder.resolve("f");

        AtomicFile.write(file, channel -> {});

        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(ordinary));
    }
}

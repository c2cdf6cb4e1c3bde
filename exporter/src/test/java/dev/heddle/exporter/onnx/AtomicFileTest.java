package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
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

    @Test
    void link_staysALinkToTheNewContent() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);

        AtomicFile.write(link, channel -> channel.write(ByteBuffer.wrap(new byte[] {'n', 'e', 'w'})));

        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
        assertThat(folder.toFile().list()).hasSize(2);
    }

    /** A pipe with a name stands for all that is no file: devices of the machine are not for tests. */
    @Test
    void pipe_staysAPipeAndGetsTheContent() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        Assumptions.assumeTrue(
                new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no pipes can be made here");
        CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> content(pipe));

        AtomicFile.stream(pipe, stream -> stream.write(ByteBuffer.wrap(new byte[] {'n', 'e', 'w'})));

        assertThat(AtomicFile.isDeviceOrPipe(pipe)).isTrue();
        assertThat(read.join()).asString(StandardCharsets.UTF_8).isEqualTo("new");
        assertThat(folder.toFile().list()).hasSize(1);
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

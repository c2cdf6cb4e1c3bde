package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A copy of a sample checkpoint, to be damaged and exported.
 *
 * @param around the folder of the target, and of nothing else
 */
record ExportTrial(Path source, Path around) {

    private static final Path SAMPLES = Path.of("../models/src/test/resources/samples");

    static ExportTrial of(String sample, Path folder) throws IOException {
        ExportTrial trial = new ExportTrial(folder.resolve("source"), folder.resolve("around"));
        FolderContents.copy(SAMPLES.resolve(sample), trial.source);
        Files.createDirectory(trial.around);
        return trial;
    }

    Path target() {
        return around.resolve("model");
    }

    Path file(String name) {
        return source.resolve(name);
    }

    /** Changes a text file, in which the old text must occur. */
    void replace(String name, String old, String text) throws IOException {
        String before = Files.readString(file(name));
        assertThat(before).contains(old);
        Files.writeString(file(name), before.replace(old, text));
    }

    /** Changes bytes of a binary file to others of the same number, so that all else stays where it is. */
    void replaceBytes(String name, String old, String text) throws IOException {
        assertThat(text).hasSameSizeAs(old);
        String before = new String(Files.readAllBytes(file(name)), StandardCharsets.ISO_8859_1);
        assertThat(before).contains(old);
        Files.write(file(name), before.replace(old, text).getBytes(StandardCharsets.ISO_8859_1));
    }

    CommandRun export(Object... options) {
        return CommandRun.of(Stream.concat(Stream.of("export", source, "-o", target()), Stream.of(options))
                .toArray());
    }

    /** The export fails with this line, touches no file of the source, and leaves nothing behind. */
    void assertFails(String line, Object... options) throws IOException {
        Map<String, String> before = FolderContents.of(source);

        CommandRun run = export(options);

        run.assertFailed(line);
        assertThat(FolderContents.names(around)).isEmpty();
        assertThat(FolderContents.of(source)).isEqualTo(before);
    }
}

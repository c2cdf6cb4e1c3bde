package dev.heddle.cli.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that is removed with all it holds when it is closed. */
public record TemporaryFolder(Path path) implements AutoCloseable {

    public static TemporaryFolder create(String prefix) throws IOException {
        return new TemporaryFolder(Files.createTempDirectory(prefix));
    }

    /** Within another folder. */
    public static TemporaryFolder in(Path parent, String prefix) throws IOException {
        return new TemporaryFolder(Files.createTempDirectory(parent, prefix));
    }

    /** On the file system of a file, so that links to it are possible, if a folder can be made there. */
    public static TemporaryFolder near(String prefix, Path file) throws IOException {
        TemporaryFolder usual = create(prefix);
        Path parent = file.toAbsolutePath().getParent();
        boolean apart = parent != null
                && !Files.getFileStore(usual.path()).equals(Files.getFileStore(parent))
                && Files.isWritable(parent);
        if (!apart) {
            return usual;
        }
        usual.close();
        return new TemporaryFolder(Files.createTempDirectory(parent, "." + prefix));
    }

    @Override
    public void close() throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> entries = Files.walk(path)) {
            deepestFirst = entries.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : deepestFirst) {
            Files.delete(entry);
        }
    }
}

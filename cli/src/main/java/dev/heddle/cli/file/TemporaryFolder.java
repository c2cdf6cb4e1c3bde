package dev.heddle.cli.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that is removed with all it holds when it is closed, or when the program is told to end. */
public final class TemporaryFolder implements AutoCloseable {

    private static final int ATTEMPTS = 10;

    private final Path path;
    private final Thread cleaner = new Thread(this::cleanUp, "temporary-folder-cleaner");

    private TemporaryFolder(Path path) {
        this.path = path;
        try {
            Runtime.getRuntime().addShutdownHook(cleaner);
        } catch (IllegalStateException e) {
            // The program is ending already; whoever asked for the folder does not get far with it.
            cleanUp();
        }
    }

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
        if (parent == null
                || Files.getFileStore(usual.path()).equals(Files.getFileStore(parent))
                || !Files.isWritable(parent)) {
            return usual;
        }
        usual.close();
        return in(parent, "." + prefix);
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException e) {
            // The program is ending: the cleaner removes what is here.
            return;
        }
        remove();
    }

    private void cleanUp() {
        for (int attempt = 1; attempt <= ATTEMPTS && Files.exists(path); attempt++) {
            try {
                remove();
            } catch (IOException | UncheckedIOException e) {
                // A thread that still works put something in, or took something out; at the end nobody is left to be
                // told.
            }
        }
    }

    private void remove() throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> entries = Files.walk(path)) {
            deepestFirst = entries.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : deepestFirst) {
            Files.delete(entry);
        }
    }
}

package dev.heddle.exporter.onnx;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder that appears under its name only when it is complete.
 *
 * <p>Files are written into {@link #path}, a hidden neighbour of the target; {@link #commit} moves it into place, {@link #close} without commit removes it, and so
 * does the end of the program, for instance by SIGTERM. What a killed process left behind is removed by the next one that stages the same target. One thread
 * writes, commits and closes.
 */
public final class StagedFolder implements AutoCloseable {

    private static final int REMOVE_ATTEMPTS = 10;

    private final Path target;
    private final Existing existing;
    private final Path staging;
    private final Path retired;
    private final Path discarded;
    private final Thread cleaner = new Thread(this::cleanUp, "staged-folder-cleaner");
    private boolean done;

    /** What to do if the target exists. */
    public enum Existing {
        REFUSE,
        REPLACE
    }

    private StagedFolder(Path target, Path parent, StagingNames names, Existing existing) {
        this.target = target;
        this.existing = existing;
        this.staging = parent.resolve(names.written());
        this.retired = parent.resolve(names.retired());
        this.discarded = parent.resolve(names.discarded());
    }

    /**
     * @throws FileAlreadyExistsException if the target exists and may not be replaced
     * @throws IOException if the folder cannot be made
     */
    public static StagedFolder open(Path target, Existing existing) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Files.createDirectories(parent);
        StagingNames names = StagingNames.of(absolute);
        recover(absolute, parent, names);
        if (existing == Existing.REFUSE && exists(absolute)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        StagedFolder folder = new StagedFolder(absolute, parent, names, existing);
        folder.make();
        return folder;
    }

    /** The cleaner is there before the folder, so that no moment is left in which a folder would stay. */
    private void make() throws IOException {
        try {
            Runtime.getRuntime().addShutdownHook(cleaner);
        } catch (IllegalStateException e) {
            throw givenUp();
        }
        synchronized (this) {
            requireOpen();
            try {
                Files.createDirectory(staging);
            } catch (IOException e) {
                dropCleaner();
                throw e;
            }
        }
    }

    /** Where to write. */
    public Path path() {
        return staging;
    }

    /**
     * Forces the folder to the disk and moves it into place; an older one is replaced and removed.
     *
     * @throws FileAlreadyExistsException if there is one by now that may not be replaced
     * @throws IOException if it cannot be moved, or was closed, also by the end of the program
     */
    public void commit() throws IOException {
        synchronized (this) {
            requireOpen();
            DiskForce.contents(staging);
            if (exists(target)) {
                if (existing == Existing.REFUSE) {
                    throw new FileAlreadyExistsException(target.toString());
                }
                Files.move(target, retired, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
            done = true;
        }
        DiskForce.names(target.resolveSibling(""));
        dropCleaner();
        remove(retired);
    }

    @Override
    public void close() throws IOException {
        dropCleaner();
        undo();
    }

    private void cleanUp() {
        try {
            undo();
        } catch (IOException e) {
            // Nobody is left to be told; what is still there is removed by the next process that stages this target.
        }
    }

    private synchronized void undo() throws IOException {
        if (done) {
            return;
        }
        done = true;
        if (Files.exists(retired) && !exists(target)) {
            Files.move(retired, target, StandardCopyOption.ATOMIC_MOVE);
        }
        if (Files.exists(staging)) {
            // Under another name, for the thread that writes may go on to make files while this one removes them.
            Files.move(staging, discarded, StandardCopyOption.ATOMIC_MOVE);
            remove(discarded);
        }
    }

    private void requireOpen() throws IOException {
        if (done) {
            throw givenUp();
        }
    }

    private IOException givenUp() {
        return new IOException(target + ": not written, it was given up before it was complete");
    }

    private void dropCleaner() {
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException e) {
            // The program is ending: the cleaner runs, and finds what is left to do.
        }
    }

    /** Puts back a target that a killed process had moved aside, and removes its other leftovers. */
    private static void recover(Path target, Path parent, StagingNames names) throws IOException {
        List<Path> leftovers;
        try (Stream<Path> entries = Files.list(parent)) {
            leftovers = entries.filter(names::isLeftover).toList();
        }
        for (Path leftover : leftovers) {
            if (names.isRetired(leftover) && !exists(target)) {
                Files.move(leftover, target, StandardCopyOption.ATOMIC_MOVE);
            } else {
                remove(leftover);
            }
        }
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static void remove(Path folder) throws IOException {
        for (int attempt = 1; exists(folder); attempt++) {
            try {
                Files.walkFileTree(folder, new Remover());
            } catch (DirectoryNotEmptyException e) {
                if (attempt == REMOVE_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, IOException problem) throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
        }
    }
}

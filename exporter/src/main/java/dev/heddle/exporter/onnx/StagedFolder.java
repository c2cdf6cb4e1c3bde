package dev.heddle.exporter.onnx;

import java.io.IOException;
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
 * <p>Files are written into {@link #path}, a hidden neighbour of the target; {@link #commit} moves it into place, {@link #close} without commit removes it. What a
 * killed process left behind is removed by the next one that stages the same target. Not thread-safe.
 */
public final class StagedFolder implements AutoCloseable {

    private final Path target;
    private final Path staging;
    private final Path retired;
    private boolean done;

    /** What to do if the target exists. */
    public enum Existing {
        REFUSE,
        REPLACE
    }

    private StagedFolder(Path target, Path staging, Path retired) {
        this.target = target;
        this.staging = staging;
        this.retired = retired;
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
        String prefix = "." + absolute.getFileName() + ".heddle-";
        recover(absolute, parent, prefix);
        if (existing == Existing.REFUSE && Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        String process = Long.toString(ProcessHandle.current().pid());
        Path staging = parent.resolve(prefix + "new-" + process);
        Files.createDirectory(staging);
        return new StagedFolder(absolute, staging, parent.resolve(prefix + "old-" + process));
    }

    /** Where to write. */
    public Path path() {
        return staging;
    }

    /** Moves the folder into place; an older one is replaced and removed. */
    public void commit() throws IOException {
        if (Files.exists(target)) {
            Files.move(target, retired, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        done = true;
        if (Files.exists(retired)) {
            remove(retired);
        }
    }

    @Override
    public void close() throws IOException {
        if (done) {
            return;
        }
        done = true;
        if (Files.exists(retired) && !Files.exists(target)) {
            Files.move(retired, target, StandardCopyOption.ATOMIC_MOVE);
        }
        remove(staging);
    }

    /** Puts back a target that a killed process had moved aside, and removes its other leftovers. */
    private static void recover(Path target, Path parent, String prefix) throws IOException {
        List<Path> leftovers;
        try (Stream<Path> entries = Files.list(parent)) {
            leftovers = entries.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .filter(path -> !isAlive(path.getFileName().toString()))
                    .toList();
        }
        for (Path leftover : leftovers) {
            boolean retired = leftover.getFileName().toString().startsWith(prefix + "old-");
            if (retired && !Files.exists(target)) {
                Files.move(leftover, target, StandardCopyOption.ATOMIC_MOVE);
            } else {
                remove(leftover);
            }
        }
    }

    private static boolean isAlive(String name) {
        String process = name.substring(name.lastIndexOf('-') + 1);
        return process.chars().allMatch(Character::isDigit)
                && ProcessHandle.of(Long.parseLong(process)).isPresent();
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
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
        });
    }
}

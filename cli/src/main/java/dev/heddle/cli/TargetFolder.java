package dev.heddle.cli;

import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.models.family.SourceFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What may be written over: nothing, and with --force an older model folder, never another folder or a file. */
final class TargetFolder {

    /** A model folder may be a checkpoint at the same time, and a checkpoint is not made again in a minute. */
    private static final List<String> WEIGHTS = List.of(".safetensors", ".pth", ".pt", ".bin", ".gguf");

    private static final int DEPTH = 2;

    private TargetFolder() {}

    static boolean isFree(Path target) {
        return Files.notExists(target, LinkOption.NOFOLLOW_LINKS);
    }

    /** @throws IOException if the target may not be written */
    static void check(Path target, boolean force) throws IOException {
        checkAncestor(target);
        if (isFree(target)) {
            return;
        }
        String found = found(target);
        if (!found.equals("a model folder")) {
            throw new IllegalArgumentException(target
                    + ": expected a name that is free, or with --force a model folder, got " + found
                    + "; give another name");
        }
        if (!force) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Optional<Path> weights = weights(target);
        if (weights.isPresent()) {
            throw new IllegalArgumentException(target + ": expected a model folder to replace, got one that also holds "
                    + target.relativize(weights.get()) + "; move that away or give another name");
        }
    }

    /**
     * As {@link #check}, for a command that knows itself which folders it may replace.
     *
     * @throws IOException if nothing can be written there
     */
    static void checkPlace(Path target, boolean force) throws IOException {
        checkAncestor(target);
        if (!isFree(target) && (Files.isSymbolicLink(target) || !Files.isDirectory(target))) {
            throw new IllegalArgumentException(
                    target + ": expected a name that is free, got " + found(target) + "; give another name");
        }
        if (!isFree(target) && !force) {
            throw new FileAlreadyExistsException(target.toString());
        }
    }

    /** @throws IllegalArgumentException if the target would replace a folder in which files of the source lie */
    static void checkApart(Path target, Path source) throws IOException {
        if (isFree(target)) {
            return;
        }
        Path replaced = target.toRealPath();
        for (Path folder : SourceFiles.at(source).folders()) {
            if (Files.isDirectory(folder) && holds(replaced, folder)) {
                throw new IllegalArgumentException(target + ": expected a folder apart from the source, but " + source
                        + " has files in it; give another name");
            }
        }
    }

    private static boolean holds(Path replaced, Path folder) throws IOException {
        if (folder.toRealPath().startsWith(replaced)) {
            return true;
        }
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            if (file.toRealPath().startsWith(replaced)) {
                return true;
            }
        }
        return false;
    }

    /** The folders that are still to be made must find a place. */
    private static void checkAncestor(Path target) throws IOException {
        Path ancestor = target.toAbsolutePath().normalize().getParent();
        while (ancestor != null && !Files.exists(ancestor)) {
            ancestor = ancestor.getParent();
        }
        if (ancestor != null && !Files.isDirectory(ancestor)) {
            throw new NotDirectoryException(ancestor.toString());
        }
        if (ancestor != null && !Files.isWritable(ancestor)) {
            throw new AccessDeniedException(ancestor.toString());
        }
    }

    private static String found(Path target) {
        if (Files.isSymbolicLink(target)) {
            return "a link";
        }
        if (!Files.isDirectory(target)) {
            return "a file";
        }
        return Files.isRegularFile(target.resolve(ModelWriter.MODEL_FILE))
                ? "a model folder"
                : "a folder without " + ModelWriter.MODEL_FILE;
    }

    private static Optional<Path> weights(Path target) throws IOException {
        try (Stream<Path> files = Files.walk(target, DEPTH)) {
            return files.filter(TargetFolder::holdsWeights).sorted().findFirst();
        }
    }

    /** By its name. */
    static boolean holdsWeights(Path file) {
        return WEIGHTS.stream().anyMatch(file.toString()::endsWith);
    }
}

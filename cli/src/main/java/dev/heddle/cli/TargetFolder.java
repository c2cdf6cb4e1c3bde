package dev.heddle.cli;

import dev.heddle.exporter.onnx.ModelWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What may be written over: nothing, and with --force an older model folder, never another folder or a file. */
final class TargetFolder {

    private TargetFolder() {}

    static boolean isFree(Path target) {
        return Files.notExists(target, LinkOption.NOFOLLOW_LINKS);
    }

    /** @throws IOException if the target may not be written */
    static void check(Path target, boolean force) throws IOException {
        if (isFree(target)) {
            return;
        }
        if (!force) {
            throw new FileAlreadyExistsException(target.toString());
        }
        boolean model = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(target.resolve(ModelWriter.MODEL_FILE));
        if (!model) {
            throw new IllegalArgumentException(target + ": expected a model folder to replace, got "
                    + (Files.isDirectory(target) ? "a folder without " + ModelWriter.MODEL_FILE : "a file")
                    + "; give another name");
        }
    }
}

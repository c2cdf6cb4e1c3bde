package dev.heddle.runtime.session;

import dev.heddle.runtime.ModelFormatException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a model lies.
 *
 * @param onnx the .onnx file; external data lies beside it
 * @param folder the folder with the .onnx file, and with tokenizer and config files if there are any
 */
public record ModelFile(Path onnx, Path folder) {
    private static final String DEFAULT_NAME = "model.onnx";

    /**
     * Finds the model at a folder with {@code model.onnx} or at a bare .onnx file.
     *
     * @throws ModelFormatException if there is none
     */
    public static ModelFile at(Path path) {
        if (Files.isDirectory(path)) {
            Path onnx = path.resolve(DEFAULT_NAME);
            if (!Files.isRegularFile(onnx)) {
                throw new ModelFormatException(
                        path + ": expected a file " + DEFAULT_NAME + " in this folder, found none");
            }
            return new ModelFile(onnx, path);
        }
        if (!Files.isRegularFile(path)) {
            throw new ModelFormatException(path + ": expected a model folder or an .onnx file, found nothing");
        }
        Path folder = path.getParent();
        return new ModelFile(path, folder == null ? Path.of("") : folder);
    }
}

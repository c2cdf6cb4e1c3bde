package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Writes a model that was read from a file and changed: {@code model.onnx}, with the weights where they are. Data files get a hard link beside it; where the
 * file system has none, a copy.
 */
public final class LinkedModelWriter {

    private final Path folder;

    /** @param folder exists and has no model in it */
    public LinkedModelWriter(Path folder) {
        this.folder = folder;
    }

    /**
     * @return the model file
     * @throws IOException if a file cannot be made
     */
    public Path write(Model model) throws IOException {
        Set<String> linked = new HashSet<>();
        for (Initializer weight : model.graph().initializers()) {
            if (weight.data() instanceof ExternalTensor tensor && linked.add(tensor.location())) {
                link(tensor);
            }
        }
        new ModelWriter(folder, (name, bytes) -> {}).writeLinked(model);
        return folder.resolve(ModelWriter.MODEL_FILE);
    }

    private void link(ExternalTensor tensor) throws IOException {
        Path target = folder.resolve(tensor.location());
        Files.createDirectories(target.getParent());
        try {
            Files.createLink(target, tensor.file());
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.copy(tensor.file(), target);
        }
    }
}

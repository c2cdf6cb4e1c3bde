package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;

/** Opens checkpoints of every supported layout. Thread-safe. */
public final class Checkpoints {

    private Checkpoints() {}

    /**
     * Opens a checkpoint or any other file of tensors, of whatever element type.
     *
     * <p>A file may be {@code .safetensors}, an index of shards ({@code .json}) or what {@code torch.save} writes. In a
     * folder exactly one of {@code model.safetensors.index.json}, {@code model.safetensors},
     * {@code consolidated.safetensors} and {@code consolidated.pth} is expected; without any of them, exactly one other
     * {@code .safetensors} or {@code .pth}, not counting {@code expected.safetensors}. Subfolders are not searched.
     *
     * @param source folder or file
     * @throws ModelFormatException if there is no such checkpoint, more than one, or anything in it is not as the
     *     format says
     */
    public static Checkpoint open(Path source) {
        if (!Files.exists(source)) {
            throw new ModelFormatException(source + ": expected a file or folder, found none");
        }
        Path file = Files.isDirectory(source) ? CheckpointFolder.locate(source) : source;
        var files = new OpenFiles();
        boolean opened = false;
        try {
            Checkpoint checkpoint = new MappedCheckpoint(read(file, files), files);
            opened = true;
            return checkpoint;
        } finally {
            if (!opened) {
                files.close();
            }
        }
    }

    /**
     * Opens a checkpoint whose tensors must all be floating-point, as the weights of a model are.
     *
     * @param source as for {@link #open}
     * @throws ModelFormatException as {@link #open}, and if a tensor has another element type
     */
    public static Checkpoint openWeights(Path source) {
        Checkpoint checkpoint = open(source);
        for (StoredTensor tensor : checkpoint.tensors().values()) {
            if (!tensor.dtype().isFloat()) {
                checkpoint.close();
                throw new ModelFormatException(tensor.location() + ": tensor " + Printable.of(tensor.name()) + " is "
                        + tensor.dtype().onnxName() + ", expected float, float16, bfloat16 or double for a weight");
            }
        }
        return checkpoint;
    }

    /** Only the name tells. */
    static boolean isIndex(String file) {
        return file.endsWith(".json");
    }

    /**
     * The constants of a model that was read from a file, under their names in the graph.
     *
     * @throws ModelFormatException if a data file cannot be opened
     */
    public static Checkpoint ofModel(Model model) {
        var files = new OpenFiles();
        boolean opened = false;
        try {
            Checkpoint checkpoint = new MappedCheckpoint(Initializers.read(model, files), files);
            opened = true;
            return checkpoint;
        } finally {
            if (!opened) {
                files.close();
            }
        }
    }

    private static SortedMap<String, StoredTensor> read(Path path, OpenFiles files) {
        String name = path.getFileName().toString();
        if (isIndex(name)) {
            return ShardedFiles.read(path, files);
        }
        MappedFile file = files.open(path);
        if (TorchFile.recognises(file)) {
            return TorchFile.read(file);
        }
        if (name.endsWith(".pth") || name.endsWith(".pt") || name.endsWith(".bin")) {
            throw new ModelFormatException(name
                    + ": expected a zip as torch.save writes since version 1.6, got another format; save it again");
        }
        return SafetensorsFile.read(file);
    }
}

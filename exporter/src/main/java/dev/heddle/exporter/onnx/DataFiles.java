package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorData;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The data files that a model was read with. */
public final class DataFiles {

    private DataFiles() {}

    /**
     * Where a weight's bytes lie.
     *
     * @param file links resolved
     * @param offset of the first byte
     */
    public record Place(Path file, long offset) {}

    /** Of a weight that was read from a model; empty if it stands in the model file. */
    public static Optional<Place> place(TensorData weight) {
        return weight instanceof ExternalTensor tensor
                ? Optional.of(new Place(tensor.file(), tensor.offset()))
                : Optional.empty();
    }

    /** Their names as the model gives them: paths from its folder. */
    public static SortedSet<String> of(Model model) {
        SortedSet<String> locations = new TreeSet<>();
        for (Initializer weight : model.graph().initializers()) {
            if (weight.data() instanceof ExternalTensor tensor) {
                locations.add(tensor.location());
            }
        }
        return locations;
    }
}

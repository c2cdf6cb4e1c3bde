package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import java.util.SortedSet;
import java.util.TreeSet;

/** The data files that a model was read with. */
public final class DataFiles {

    private DataFiles() {}

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

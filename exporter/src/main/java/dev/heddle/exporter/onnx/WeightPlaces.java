package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.TensorData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which weights stand in a data file, and where.
 *
 * @param byName without the weights that stand in the model file
 */
record WeightPlaces(Map<String, Place> byName) {

    /** @param offset of the first byte */
    record Place(String location, long offset) {}

    WeightPlaces {
        byName = Map.copyOf(byName);
    }

    /**
     * As {@link ModelWriter} lays them out. A weight that was read from a data file is where it is, and one that is still to be produced counts as large even if it is
     * small, so that no weight is produced.
     */
    static WeightPlaces of(Graph graph) {
        Map<String, Place> places = new HashMap<>();
        List<Initializer> written = new ArrayList<>();
        for (Initializer weight : graph.initializers()) {
            TensorData data = weight.data();
            boolean held = data instanceof Literal || data instanceof InlineTensor;
            if (data instanceof ExternalTensor external) {
                places.put(weight.name(), new Place(external.location(), external.offset()));
            } else if (!held || ModelWriter.isExternal(data)) {
                written.add(weight);
            }
        }
        DataLayout layout = DataLayout.of(written, Long.MAX_VALUE);
        layout.places()
                .forEach(place -> places.put(place.weight().name(), new Place(layout.fileName(place), place.offset())));
        return new WeightPlaces(places);
    }

    Optional<Place> find(String weight) {
        return Optional.ofNullable(byName.get(weight));
    }
}

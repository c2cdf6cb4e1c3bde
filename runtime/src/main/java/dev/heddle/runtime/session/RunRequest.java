package dev.heddle.runtime.session;

import java.util.Map;
import java.util.Set;

/**
 * What one run gets and gives.
 *
 * @param inputs all graph inputs by name
 * @param outputs names of the outputs that ONNX Runtime allocates
 * @param places outputs that are written into memory of the caller, by name, with the shape that the run will give
 *     them; a place may be the same tensor as an input if the model updates it in place
 */
public record RunRequest(Map<String, NativeTensor> inputs, Set<String> outputs, Map<String, NativeTensor> places) {
    /** @throws IllegalArgumentException if an output is both asked for and given a place, or there is none at all */
    public RunRequest {
        inputs = Map.copyOf(inputs);
        outputs = Set.copyOf(outputs);
        places = Map.copyOf(places);
        for (String name : places.keySet()) {
            if (outputs.contains(name)) {
                throw new IllegalArgumentException("output " + name + " has a place already, do not ask for it again");
            }
        }
        if (outputs.isEmpty() && places.isEmpty()) {
            throw new IllegalArgumentException("a run needs at least one output");
        }
    }
}

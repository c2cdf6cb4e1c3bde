package dev.heddle.exporter.graph;

import java.util.List;

/** Derives the types of a call's outputs from its inputs, and refuses inputs that do not fit. */
@FunctionalInterface
public interface InferenceRule {

    /**
     * @return one entry for each output the operator has
     * @throws GraphException if the inputs do not fit
     */
    List<Typed> infer(Call call);
}

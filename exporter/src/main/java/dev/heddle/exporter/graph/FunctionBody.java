package dev.heddle.exporter.graph;

import java.util.List;

/** A custom operator written in standard operators. One body serves the function and the inlined form. */
@FunctionalInterface
public interface FunctionBody {

    /**
     * @param inputs one for each input of the signature; {@link Value#ABSENT} where not given
     * @return one for each output that the call wants
     */
    List<Value> emit(GraphScope scope, List<Value> inputs);
}

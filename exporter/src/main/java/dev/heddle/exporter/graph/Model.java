package dev.heddle.exporter.graph;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a model file holds.
 *
 * @param opsets domain (empty = ONNX's own) to version
 * @param metadata free text by key
 */
public record Model(
        Graph graph,
        List<Function> functions,
        SortedMap<String, Integer> opsets,
        int irVersion,
        String producer,
        String producerVersion,
        SortedMap<String, String> metadata) {

    public Model {
        functions = List.copyOf(functions);
        opsets = Collections.unmodifiableSortedMap(new TreeMap<>(opsets));
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }

    /** The same model with another graph. */
    public Model withGraph(Graph other) {
        return new Model(other, functions, opsets, irVersion, producer, producerVersion, metadata);
    }

    /** The same model with other functions. */
    public Model withFunctions(List<Function> others) {
        return new Model(graph, others, opsets, irVersion, producer, producerVersion, metadata);
    }

    /** The same model with one more metadata entry, replacing an older one of that key. */
    public Model withMetadata(String key, String text) {
        Map<String, String> changed = new TreeMap<>(metadata);
        changed.put(key, text);
        return new Model(graph, functions, opsets, irVersion, producer, producerVersion, new TreeMap<>(changed));
    }
}

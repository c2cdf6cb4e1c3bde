package dev.heddle.models.layout;

import dev.heddle.exporter.graph.Shape;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files of a source, and what of them a model does not hold.
 *
 * @param companions files that lie beside the model as they lay in the source, its configuration among them: path from the source's folder to name beside the model
 * @param files those with weights
 * @param kept tensors that cannot be computed from the model's weights
 * @param whole whether the bytes that are no tensor are kept too, so that the files can be written as they were
 */
public record SourcePlan(
        SortedMap<String, String> companions, List<FilePlan> files, SortedSet<String> kept, boolean whole) {

    public SourcePlan {
        companions = Collections.unmodifiableSortedMap(new TreeMap<>(companions));
        files = List.copyOf(files);
        kept = Collections.unmodifiableSortedSet(new TreeSet<>(kept));
    }

    /** Whether anything of it has to be kept beside the model. */
    public boolean keepsAnything() {
        return whole || !kept.isEmpty();
    }

    /** Shapes of all tensors of the source, by name. */
    public SortedMap<String, Shape> shapes() {
        SortedMap<String, Shape> shapes = new TreeMap<>();
        files.forEach(file -> file.tensors().forEach((name, type) -> shapes.put(name, type.shape())));
        return shapes;
    }
}

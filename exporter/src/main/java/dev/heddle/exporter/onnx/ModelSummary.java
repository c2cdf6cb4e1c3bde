package dev.heddle.exporter.onnx;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is in a model file, of whatever operators and types.
 *
 * @param opsets domain (empty = ONNX's own) to version
 * @param operators {@code domain.Type}, or {@code Type} of ONNX's own, to the number of nodes, those of subgraphs included
 * @param functions bodies in the file
 * @param parameters constants by element type
 * @param dataFiles where constants lie outside the model file
 */
public record ModelSummary(
        long irVersion,
        String producer,
        String producerVersion,
        SortedMap<String, Long> opsets,
        List<Value> inputs,
        List<Value> outputs,
        SortedMap<String, Long> operators,
        List<Body> functions,
        SortedMap<String, Parameters> parameters,
        List<DataFile> dataFiles,
        SortedMap<String, String> metadata) {

    /**
     * An input or output.
     *
     * @param type for instance {@code float[batch,64]}
     */
    public record Value(String name, String type) {}

    /**
     * A model-local function.
     *
     * @param operators as those of the model
     */
    public record Body(String name, int nodes, SortedMap<String, Long> operators) {
        public Body {
            operators = Collections.unmodifiableSortedMap(new TreeMap<>(operators));
        }
    }

    /**
     * Constants of one element type.
     *
     * @param bytes that the elements take
     */
    public record Parameters(long tensors, long elements, long bytes) {
        Parameters plus(Parameters other) {
            return new Parameters(
                    Math.addExact(tensors, other.tensors),
                    Math.addExact(elements, other.elements),
                    Math.addExact(bytes, other.bytes));
        }
    }

    /**
     * A file with constants.
     *
     * @param location as the model gives it
     * @param bytes of the file; -1 if there is none
     * @param tensors that lie in it
     * @param problem the first of its tensors that cannot be read, and why; empty if all can
     */
    public record DataFile(String location, long bytes, long tensors, String problem) {}

    public ModelSummary {
        opsets = Collections.unmodifiableSortedMap(new TreeMap<>(opsets));
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        operators = Collections.unmodifiableSortedMap(new TreeMap<>(operators));
        functions = List.copyOf(functions);
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        dataFiles = List.copyOf(dataFiles);
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }
}

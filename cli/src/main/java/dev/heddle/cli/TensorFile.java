package dev.heddle.cli;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.Checkpoints;
import dev.heddle.models.checkpoint.SafetensorsWriter;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Safetensors and NumPy files as the runtime's tensors and back. */
final class TensorFile {

    private static final int SHOWN_NAMES = 5;

    private TensorFile() {}

    /**
     * A tensor that must be there and others that may be, copied into memory.
     *
     * @throws IllegalArgumentException if the first is not there, or one is too large for memory
     */
    static Map<String, HostTensor> read(Path file, String required, String... optional) {
        Set<String> names = names(file);
        if (!names.contains(required)) {
            throw new IllegalArgumentException(file + ": expected a tensor " + required + ", got " + shortened(names));
        }
        Set<String> wanted = new LinkedHashSet<>(List.of(optional));
        wanted.add(required);
        wanted.retainAll(names);
        return read(file, wanted);
    }

    /** Names of all tensors in a file; of what kind it is, its suffix says. */
    static SortedSet<String> names(Path file) {
        if (NpyFile.recognises(file)) {
            try {
                return NpyFile.names(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            return new TreeSet<>(checkpoint.tensors().keySet());
        }
    }

    /**
     * These tensors, copied into memory.
     *
     * @param wanted some of {@link #names}
     * @throws IllegalArgumentException if one is too large for memory
     */
    static Map<String, HostTensor> read(Path file, Collection<String> wanted) {
        Map<String, HostTensor> result = new TreeMap<>();
        if (NpyFile.recognises(file)) {
            for (String name : wanted) {
                try {
                    result.put(name, NpyFile.read(file, name));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return result;
        }
        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            SortedMap<String, StoredTensor> tensors = checkpoint.tensors();
            wanted.stream()
                    .flatMap(name -> Stream.ofNullable(tensors.get(name)))
                    .forEach(tensor -> result.put(tensor.name(), copy(file, tensor)));
        }
        return result;
    }

    private static HostTensor copy(Path file, StoredTensor tensor) {
        try {
            HostTensor copy = HostTensor.zeros(
                    DType.valueOf(tensor.dtype().name()), tensor.shape().lengths());
            copy.bytes().put(tensor.read(0, copy.elementCount()));
            return copy;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": tensor " + tensor.name() + ": " + e.getMessage(), e);
        }
    }

    private static String shortened(Set<String> names) {
        String shown = names.stream().limit(SHOWN_NAMES).collect(Collectors.joining(", "));
        int others = names.size() - SHOWN_NAMES;
        return others > 0 ? shown + " and " + others + " others" : shown.isEmpty() ? "none" : shown;
    }

    /** Writes the tensors; an older file of that name is replaced when the new one is complete. */
    static void write(Path file, Map<String, HostTensor> tensors) throws IOException {
        TreeMap<String, TensorData> data = new TreeMap<>();
        tensors.forEach((name, tensor) -> data.put(name, new HostTensorData(tensor)));
        SafetensorsWriter.write(file, data);
    }

    private record HostTensorData(HostTensor tensor) implements TensorData {
        @Override
        public TensorType type() {
            return new TensorType(
                    dev.heddle.exporter.graph.DType.valueOf(tensor.dtype().name()), Shape.of(tensor.shape()));
        }

        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            ByteBuffer bytes = tensor.bytes();
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }
}

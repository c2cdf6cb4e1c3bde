package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.onnx.DataFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The constants of a model as stored tensors. */
final class Initializers {

    private Initializers() {}

    static SortedMap<String, StoredTensor> read(Model model, OpenFiles files) {
        Map<Path, MappedFile> opened = new TreeMap<>();
        SortedMap<String, StoredTensor> tensors = new TreeMap<>();
        for (Initializer initializer : model.graph().initializers()) {
            String name = initializer.name();
            TensorData data = initializer.data();
            Optional<DataFiles.Place> place = DataFiles.place(data);
            StoredTensor tensor = place.isPresent()
                    ? new ContiguousTensor(
                            name,
                            data.type().dtype(),
                            data.type().shape(),
                            opened.computeIfAbsent(place.get().file(), files::open),
                            place.get().offset())
                    : new InlineTensor(name, data);
            if (tensors.put(name, tensor) != null) {
                throw new ModelFormatException(
                        "tensor " + Printable.of(name) + ": expected one constant of this name, got more");
            }
        }
        return tensors;
    }

    /** One that stands in the model file, and so is in memory with it. */
    private record InlineTensor(String name, TensorData data) implements StoredTensor {
        @Override
        public DType dtype() {
            return data.type().dtype();
        }

        @Override
        public Shape shape() {
            return data.type().shape();
        }

        @Override
        public String location() {
            return "the model file";
        }

        @Override
        public ByteBuffer read(long first, int count) {
            int bytes = ElementRange.bytes(this, first, count);
            var all = new ByteArrayOutputStream(Math.toIntExact(data.byteCount()));
            try {
                data.writeTo(Channels.newChannel(all));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return ByteBuffer.wrap(all.toByteArray())
                    .slice((int) ElementRange.start(this, first), bytes)
                    .asReadOnlyBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}

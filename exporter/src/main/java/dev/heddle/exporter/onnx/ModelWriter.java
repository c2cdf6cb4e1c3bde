package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Writes {@code model.onnx} and {@code model.onnx.data} into a folder. Weights are streamed one after the other, so the heap holds none of them; two writes
 * of one model give the same bytes. Neither file may exist.
 */
public final class ModelWriter {

    public static final String MODEL_FILE = "model.onnx";

    public static final String DATA_FILE = "model.onnx.data";

    /** Tensors of at least this many bytes go to the data file; smaller ones stay in the model, where tools show their values. */
    static final long EXTERNAL_BYTES = 1024;

    /** Tensors start at multiples of this, the page size, so that runtimes can map them. */
    static final long ALIGNMENT = 4096;

    private final Path folder;
    private final WriteListener listener;

    /** Told about the progress of a write. */
    @FunctionalInterface
    public interface WriteListener {
        /** Called after each weight. */
        void written(String weight, long bytes);
    }

    public ModelWriter(Path folder, WriteListener listener) {
        this.folder = folder;
        this.listener = listener;
    }

    /** Bytes of weights that a write of this model puts into the data file, padding left out. */
    public static long weightBytes(Model model) {
        return model.graph().initializers().stream()
                .map(Initializer::data)
                .filter(ModelWriter::isExternal)
                .mapToLong(TensorData::byteCount)
                .sum();
    }

    static boolean isExternal(TensorData data) {
        return data.byteCount() >= EXTERNAL_BYTES;
    }

    /**
     * @throws UnwritableFileException if a file cannot be written to its end
     * @throws IOException if a file exists or cannot be made
     */
    public void write(Model model) throws IOException {
        GraphProto.Builder graph = graph(model);
        if (model.graph().initializers().stream().map(Initializer::data).anyMatch(ModelWriter::isExternal)) {
            write(DATA_FILE, data -> writeWeights(model.graph().initializers(), graph, data));
        } else {
            model.graph().initializers().forEach(weight -> graph.addInitializer(inline(weight)));
        }
        writeModel(model, graph);
    }

    /** Writes the model file alone; weights that lie in a data file keep their place there. */
    void writeLinked(Model model) throws IOException {
        GraphProto.Builder graph = graph(model);
        for (Initializer weight : model.graph().initializers()) {
            graph.addInitializer(
                    weight.data() instanceof ExternalTensor tensor
                            ? ProtoTensors.external(weight.name(), tensor, tensor.location(), tensor.offset())
                            : inline(weight));
        }
        writeModel(model, graph);
    }

    private void writeModel(Model model, GraphProto.Builder graph) throws IOException {
        write(MODEL_FILE, file -> {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file));
            proto(model, graph).writeTo(out);
            out.flush();
        });
    }

    @FunctionalInterface
    private interface Content {
        void writeTo(FileChannel file) throws IOException;
    }

    private void write(String name, Content content) throws IOException {
        Path file = folder.resolve(name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            content.writeTo(channel);
            channel.force(true);
        } catch (IOException e) {
            throw UnwritableFileException.of(file, e);
        }
    }

    private void writeWeights(List<Initializer> weights, GraphProto.Builder graph, FileChannel data)
            throws IOException {
        for (Initializer weight : weights) {
            if (!isExternal(weight.data())) {
                graph.addInitializer(inline(weight));
                continue;
            }
            align(data);
            long offset = data.position();
            weight.data().writeTo(data);
            long written = data.position() - offset;
            if (written != weight.data().byteCount()) {
                throw new IllegalStateException("weight " + weight.name() + " must have "
                        + weight.data().byteCount() + " bytes, it wrote " + written);
            }
            graph.addInitializer(ProtoTensors.external(weight.name(), weight.data(), DATA_FILE, offset));
            listener.written(weight.name(), written);
        }
    }

    private static dev.heddle.exporter.proto.TensorProto inline(Initializer weight) {
        return ProtoTensors.inline(weight.name(), weight.data());
    }

    /** The first offset from here on at which a tensor may start. */
    static long aligned(long offset) {
        return Math.multiplyExact(Math.floorDiv(offset + ALIGNMENT - 1, ALIGNMENT), ALIGNMENT);
    }

    private static void align(FileChannel data) throws IOException {
        ByteBuffer padding = ByteBuffer.allocate((int) (aligned(data.position()) - data.position()));
        while (padding.hasRemaining()) {
            data.write(padding);
        }
    }

    private static GraphProto.Builder graph(Model model) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName(model.graph().name());
        model.graph().inputs().forEach(value -> graph.addInput(ProtoTypes.toProto(value)));
        model.graph().outputs().forEach(value -> graph.addOutput(ProtoTypes.toProto(value)));
        model.graph().values().forEach(value -> graph.addValueInfo(ProtoTypes.toProto(value)));
        model.graph().nodes().forEach(node -> graph.addNode(ProtoNodes.toProto(node)));
        return graph;
    }

    private static ModelProto proto(Model model, GraphProto.Builder graph) {
        ModelProto.Builder proto = ModelProto.newBuilder()
                .setIrVersion(model.irVersion())
                .setProducerName(model.producer())
                .setProducerVersion(model.producerVersion())
                .setGraph(graph);
        model.opsets().forEach((domain, version) -> proto.addOpsetImport(ProtoFunctions.opset(domain, version)));
        model.metadata()
                .forEach((key, value) -> proto.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        model.functions().forEach(function -> proto.addFunctions(ProtoFunctions.toProto(function, model.opsets())));
        return proto.build();
    }
}

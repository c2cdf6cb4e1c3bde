package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Writes {@code model.onnx} and its data files into a folder. Weights are streamed in blocks, so the heap holds none of them; two writes of one model give the same
 * bytes, whatever the number of threads. None of the files may exist.
 */
public final class ModelWriter {

    public static final String MODEL_FILE = "model.onnx";

    public static final String DATA_FILE = "model.onnx.data";

    /** Tensors of at least this many bytes go to a data file; smaller ones stay in the model, where tools show their values. */
    static final long EXTERNAL_BYTES = 1024;

    private final Path folder;
    private final WriteOptions options;
    private final WriteListener listener;

    /** Told about the progress of a write. */
    @FunctionalInterface
    public interface WriteListener {
        /** Called after each piece of a weight; by several threads, one at a time. */
        void written(String weight, long bytes);
    }

    public ModelWriter(Path folder, WriteListener listener) {
        this(folder, WriteOptions.defaults(), listener);
    }

    public ModelWriter(Path folder, WriteOptions options, WriteListener listener) {
        this.folder = folder;
        this.options = options;
        this.listener = listener;
    }

    /** Bytes of weights that a write of this model puts into data files, padding left out. */
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

    /** As the other, of a model that is complete. */
    public void write(Model model) throws IOException {
        write(model, UnaryOperator.identity());
    }

    /**
     * @param completed asked for the model file when all data files are written, since a model may say of itself what is known only then; of the same weights
     * @throws UnwritableFileException if a file cannot be written to its end
     * @throws GraphException if the model file would be larger than a protobuf message may be
     * @throws IOException if a file exists or cannot be made, or a weight cannot be read
     */
    public void write(Model model, UnaryOperator<Model> completed) throws IOException {
        List<Initializer> large = model.graph().initializers().stream()
                .filter(weight -> isExternal(weight.data()))
                .toList();
        DataLayout layout = DataLayout.of(large, options.shardBytes());
        if (!large.isEmpty()) {
            new DataFileWriter(folder, layout, options.threads(), listener).write();
        }
        GraphProto.Builder graph = graph(model);
        Iterator<DataLayout.Place> places = layout.places().iterator();
        for (Initializer weight : model.graph().initializers()) {
            graph.addInitializer(isExternal(weight.data()) ? placed(layout, places.next()) : inline(weight));
        }
        writeModel(completed.apply(model), graph);
    }

    private static TensorProto placed(DataLayout layout, DataLayout.Place place) {
        Initializer weight = place.weight();
        return ProtoTensors.external(weight.name(), weight.data(), layout.fileName(place), place.offset());
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
        ModelProto proto = proto(model, graph);
        MessageSize.require(proto, Integer.MAX_VALUE);
        Path file = folder.resolve(MODEL_FILE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
            proto.writeTo(out);
            out.flush();
            channel.force(true);
        } catch (IOException e) {
            throw UnwritableFileException.of(file, e);
        }
    }

    private static TensorProto inline(Initializer weight) {
        return ProtoTensors.inline(weight.name(), weight.data());
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

package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import dev.heddle.exporter.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a model file. Weights in data files stay there and are read when they are written; the data files must lie in the model's folder and stay as they are.
 *
 * <p>Files are taken as hostile. What a {@link Model} has no place for is left out if it is only descriptive (docs of values, quantisation notes, types of unknown
 * rank) and refused if it changes what the model computes.
 */
public final class ModelReader {

    private final Path folder;

    private ModelReader(Path file) {
        this.folder = file.toAbsolutePath().resolveSibling("");
    }

    /**
     * @param file for instance {@code out/model.onnx}
     * @throws GraphException if the file is no model that Heddle can read; the message starts with the file's name
     * @throws IOException if a file cannot be read
     */
    public static Model read(Path file) throws IOException {
        ModelReader reader = new ModelReader(file);
        try {
            return reader.model(ModelFile.parse(file));
        } catch (GraphException e) {
            throw new GraphException(Finding.printable(file.getFileName() + ": " + e.getMessage()));
        }
    }

    private Model model(ModelProto proto) throws IOException {
        SortedMap<String, Integer> opsets = ProtoFunctions.opsets(proto.getOpsetImportList(), "model");
        List<Function> functions = proto.getFunctionsList().stream()
                .map(function -> ProtoFunctions.fromProto(function, opsets))
                .toList();
        return new Model(
                graph(proto.getGraph()),
                functions,
                opsets,
                (int) proto.getIrVersion(),
                proto.getProducerName(),
                proto.getProducerVersion(),
                metadata(proto));
    }

    private static SortedMap<String, String> metadata(ModelProto proto) {
        SortedMap<String, String> metadata = new TreeMap<>();
        for (StringStringEntryProto entry : proto.getMetadataPropsList()) {
            if (metadata.put(entry.getKey(), entry.getValue()) != null) {
                throw new GraphException("metadata " + entry.getKey() + " is given more than once");
            }
        }
        return metadata;
    }

    private Graph graph(GraphProto proto) throws IOException {
        return new Graph(
                proto.getName(),
                types(proto.getInputList()),
                types(proto.getOutputList()),
                initializers(proto.getInitializerList()),
                proto.getNodeList().stream().map(ProtoNodes::fromProto).toList(),
                types(proto.getValueInfoList().stream()
                        .filter(ProtoTypes::isRankedTensor)
                        .toList()));
    }

    private static List<NamedType> types(List<ValueInfoProto> values) {
        return values.stream().map(ProtoTypes::fromProto).toList();
    }

    private List<Initializer> initializers(List<TensorProto> tensors) throws IOException {
        List<Initializer> initializers = new ArrayList<>();
        for (TensorProto tensor : tensors) {
            initializers.add(new Initializer(
                    tensor.getName(),
                    ProtoTensors.isExternal(tensor)
                            ? ExternalTensor.locate(folder, tensor, ProtoTensors.type(tensor))
                            : ProtoTensors.data(tensor)));
        }
        refuseOverlaps(initializers);
        return initializers;
    }

    /** Two tensors may share all their bytes, as tied weights do, but not some of them. */
    static void refuseOverlaps(List<Initializer> initializers) {
        record Placed(String name, ExternalTensor tensor) {}
        List<Placed> placed = initializers.stream()
                .filter(initializer -> initializer.data() instanceof ExternalTensor
                        && initializer.data().byteCount() > 0)
                .map(initializer -> new Placed(initializer.name(), (ExternalTensor) initializer.data()))
                .sorted(Comparator.comparing((Placed weight) -> weight.tensor().file())
                        .thenComparing(weight -> weight.tensor().offset())
                        .thenComparing(weight -> weight.tensor().end()))
                .toList();
        for (int i = 1; i < placed.size(); i++) {
            ExternalTensor before = placed.get(i - 1).tensor();
            ExternalTensor tensor = placed.get(i).tensor();
            boolean apart = !before.file().equals(tensor.file()) || tensor.offset() >= before.end();
            boolean same = before.offset() == tensor.offset() && before.end() == tensor.end();
            if (!apart && !same) {
                throw new GraphException("tensor " + placed.get(i).name() + ": bytes " + tensor.offset() + " to "
                        + tensor.end() + " of " + tensor.location() + " overlap those of "
                        + placed.get(i - 1).name() + ", " + before.offset() + " to " + before.end());
            }
        }
    }
}

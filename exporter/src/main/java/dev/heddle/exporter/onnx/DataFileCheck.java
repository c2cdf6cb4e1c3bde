package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whether the constants that lie outside a model file are where it says. */
final class DataFileCheck {

    private final Path folder;
    private final GraphProto graph;

    /** @param folder of the model file */
    DataFileCheck(Path folder, GraphProto graph) {
        this.folder = folder;
        this.graph = graph;
    }

    /** By location. */
    List<ModelSummary.DataFile> files() throws IOException {
        Map<String, List<TensorProto>> byLocation = new TreeMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (ProtoTensors.isExternal(tensor)) {
                byLocation
                        .computeIfAbsent(location(tensor), key -> new ArrayList<>())
                        .add(tensor);
            }
        }
        List<ModelSummary.DataFile> files = new ArrayList<>();
        for (Map.Entry<String, List<TensorProto>> entry : byLocation.entrySet()) {
            files.add(file(entry.getKey(), entry.getValue()));
        }
        return files;
    }

    private ModelSummary.DataFile file(String location, List<TensorProto> tensors) throws IOException {
        List<Initializer> found = new ArrayList<>();
        String problem = "";
        long bytes = -1;
        try {
            for (TensorProto tensor : tensors) {
                ExternalTensor data = ExternalTensor.locate(folder, tensor, ProtoTensors.type(tensor));
                bytes = Files.size(data.file());
                found.add(new Initializer(tensor.getName(), data));
            }
            ModelReader.refuseOverlaps(found);
        } catch (GraphException e) {
            problem = Finding.printable(String.valueOf(e.getMessage()));
        }
        return new ModelSummary.DataFile(Finding.printable(location), bytes, tensors.size(), problem);
    }

    private static String location(TensorProto tensor) {
        return tensor.getExternalDataList().stream()
                .filter(entry -> entry.getKey().equals("location"))
                .map(StringStringEntryProto::getValue)
                .findFirst()
                .orElse("");
    }
}

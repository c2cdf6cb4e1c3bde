package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.exporter.rewrite.NodeModel;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One node as a model of its own: {@code repro.onnx}, {@code inputs.safetensors} by the names of its inputs, {@code expected.safetensors} by those of its outputs. */
public final class Reproduction {

    public static final String MODEL = "repro.onnx";
    public static final String INPUTS = "inputs.safetensors";
    public static final String EXPECTED = "expected.safetensors";

    /** Writes tensors by name; the command line knows how. */
    @FunctionalInterface
    public interface TensorWriter {
        void write(Path file, Map<String, HostTensor> tensors) throws IOException;
    }

    private Reproduction() {}

    /**
     * @param target folder to make; must not exist
     * @throws java.nio.file.FileAlreadyExistsException if it does
     */
    public static void write(ValueTrace trace, Node node, Path target, TensorWriter writer) throws IOException {
        Replay replay = new Replay(trace);
        Model alone = replay.alone(List.of(node));
        try (StagedFolder folder = StagedFolder.open(target, StagedFolder.Existing.REFUSE)) {
            new ModelWriter(folder.path(), (weight, bytes) -> {}).write(alone);
            Files.move(
                    folder.path().resolve(ModelWriter.MODEL_FILE), folder.path().resolve(MODEL));
            writer.write(folder.path().resolve(INPUTS), replay.inputs(alone));
            Map<String, HostTensor> expected = new TreeMap<>();
            for (String output : node.outputs()) {
                Optional<HostTensor> value = trace.expected(output);
                value.ifPresent(tensor -> expected.put(output + NodeModel.RESULT, tensor));
            }
            writer.write(folder.path().resolve(EXPECTED), expected);
            folder.commit();
        }
    }
}

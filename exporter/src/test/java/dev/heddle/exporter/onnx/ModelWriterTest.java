package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.SampleGraphs;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.NodeProto;
import dev.heddle.exporter.proto.TensorProto;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelWriterTest {

    @TempDir
    private Path folder;

    @Test
    void write_ofWeights_startsEachAtAPage() throws IOException {
        ModelProto proto = written(model(weight("a", 1500), weight("b", 4096), weight("c", 1024)));

        assertThat(proto.getGraph().getInitializerList())
                .extracting(tensor -> tensor.getExternalData(1).getValue())
                .containsExactly("0", "4096", "8192");
        assertThat(Files.size(folder.resolve("model.onnx.data"))).isEqualTo(8192 + 1024);
    }

    @Test
    void write_ofASmallWeight_putsItIntoTheModel() throws IOException {
        ModelProto proto = written(model(weight("small", 1023), weight("large", 1024)));

        assertThat(proto.getGraph().getInitializer(0).getRawData().size()).isEqualTo(1023);
        assertThat(proto.getGraph().getInitializer(1).getDataLocation()).isEqualTo(TensorProto.DataLocation.EXTERNAL);
    }

    @Test
    void write_withoutLargeWeights_makesNoDataFile() throws IOException {
        written(model(weight("small", 1023)));

        assertThat(folder.resolve("model.onnx.data")).doesNotExist();
    }

    @Test
    void write_twice_givesTheSameBytes() throws IOException {
        Path again = Files.createDirectory(folder.resolve("again"));
        written(SampleGraphs.scaledLinear(FunctionStyle.FUNCTION));

        new ModelWriter(again, (name, bytes) -> {}).write(SampleGraphs.scaledLinear(FunctionStyle.FUNCTION));

        assertThat(again.resolve("model.onnx")).hasSameBinaryContentAs(folder.resolve("model.onnx"));
        assertThat(again.resolve("model.onnx.data")).hasSameBinaryContentAs(folder.resolve("model.onnx.data"));
    }

    @Test
    void write_ofDocs_keepsThem() throws IOException {
        ModelProto proto = written(SampleGraphs.scaledLinear(FunctionStyle.FUNCTION));

        assertThat(proto.getGraph().getNodeList())
                .extracting(NodeProto::getDocString)
                .containsExactly("", "halves it", "");
        assertThat(proto.getFunctions(0).getDocString()).isEqualTo("y = factor * x");
    }

    @Test
    void write_tellsOfEveryWeightInTheDataFile() throws IOException {
        List<String> told = new ArrayList<>();
        Model model = model(weight("a", 1500), weight("small", 8), weight("c", 1024));

        new ModelWriter(folder, (name, bytes) -> told.add(name + " " + bytes)).write(model);

        assertThat(told).containsExactlyInAnyOrder("a 1500", "c 1024");
        assertThat(ModelWriter.weightBytes(model)).isEqualTo(2524);
    }

    @Test
    void write_overADataFile_isRefused() throws IOException {
        Files.createFile(folder.resolve("model.onnx.data"));

        assertThatThrownBy(() -> written(model(weight("a", 1500))))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(folder.resolve("model.onnx.data").toString());
    }

    @Test
    void write_overAModelFile_isRefused() throws IOException {
        Files.createFile(folder.resolve("model.onnx"));

        assertThatThrownBy(() -> written(model(weight("a", 8)))).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void write_ofAFunctionThatUsesADomainNotImported_isRefused() {
        Model built = SampleGraphs.scaledLinear(FunctionStyle.FUNCTION);
        Model model = new Model(
                built.graph(), built.functions(), new TreeMap<>(Map.of("test.ops", 1)), 10, "p", "v", new TreeMap<>());

        assertThatThrownBy(() -> written(model))
                .isInstanceOf(GraphException.class)
                .hasMessage("test.ops.Scale:plain: the model imports no opset of domain ''");
    }

    @Test
    void write_asksForTheModelFileAfterTheDataFile() throws IOException {
        Model model = model(weight("a", 1500));

        new ModelWriter(folder, (name, bytes) -> {})
                .write(model, built -> built.withMetadata("size", sizeOfDataFile()));

        assertThat(ModelReader.read(folder.resolve("model.onnx")).metadata()).containsEntry("size", "1500");
    }

    private String sizeOfDataFile() {
        return String.valueOf(folder.resolve("model.onnx.data").toFile().length());
    }

    private static Initializer weight(String name, int bytes) {
        return new Initializer(name, new SampleGraphs.Counting(TensorType.of(DType.UINT8, bytes)));
    }

    private static Model model(Initializer... weights) {
        Graph graph = new Graph("g", List.of(), List.of(), List.of(weights), List.of(), List.of());
        return new Model(graph, List.of(), new TreeMap<>(Map.of("", 23)), 10, "p", "v", new TreeMap<>());
    }

    private ModelProto written(Model model) throws IOException {
        new ModelWriter(folder, (name, bytes) -> {}).write(model);
        return ModelProto.parseFrom(Files.readAllBytes(folder.resolve("model.onnx")));
    }
}

package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.proto.AttributeProto;
import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.NodeProto;
import dev.heddle.exporter.proto.OperatorSetIdProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import dev.heddle.exporter.proto.TensorShapeProto;
import dev.heddle.exporter.proto.TypeProto;
import dev.heddle.exporter.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Model files of other programs, with what Heddle never writes. */
final class ModelInspectionTest {

    @TempDir
    private Path folder;

    private static ModelProto.Builder model() {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("other")
                .setProducerVersion("7")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(GraphProto.newBuilder()
                        .addNode(node("a", "Relu"))
                        .addInput(ValueInfoProto.newBuilder().setName("sequence"))
                        .addInput(value("x", TypeProto.Tensor.newBuilder().setElemType(4)))
                        .addOutput(value(
                                "y",
                                TypeProto.Tensor.newBuilder()
                                        .setElemType(1)
                                        .setShape(TensorShapeProto.newBuilder()
                                                .addDim(TensorShapeProto.Dimension.newBuilder()
                                                        .setDimParam("N"))
                                                .addDim(TensorShapeProto.Dimension.newBuilder()
                                                        .setDimValue(3))
                                                .addDim(TensorShapeProto.Dimension.newBuilder())))));
    }

    private static ValueInfoProto.Builder value(String name, TypeProto.Tensor.Builder type) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type));
    }

    private static NodeProto.Builder node(String name, String type) {
        return NodeProto.newBuilder()
                .setName(name)
                .setOpType(type)
                .addInput("x")
                .addOutput(name);
    }

    private static TensorProto.Builder floats(String name, float... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(1).addDims(values.length);
        for (float value : values) {
            tensor.addFloatData(value);
        }
        return tensor;
    }

    private static TensorProto.Builder outside(String name, String location, long offset) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(1)
                .addDims(2)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(offset)));
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private ModelInspection written(String name, ModelProto.Builder model) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, model.build().toByteArray());
        return ModelInspection.open(file);
    }

    @Test
    void valuesThatAreNoRankedTensors_areShown() throws IOException {
        ModelSummary summary = written("a.onnx", model()).summary();

        assertThat(summary.inputs())
                .containsExactly(
                        new ModelSummary.Value("sequence", "no tensor"),
                        new ModelSummary.Value("x", "uint16 of unknown rank"));
        assertThat(summary.outputs()).containsExactly(new ModelSummary.Value("y", "float[N,3,?]"));
        assertThat(summary.opsets()).containsEntry("", 17L);
    }

    @Test
    void nodesOfSubgraphs_areCounted() throws IOException {
        GraphProto branch = GraphProto.newBuilder()
                .addNode(node("b", "Relu").setDomain("ai.onnx"))
                .build();
        ModelProto.Builder model = model();
        model.getGraphBuilder()
                .addNode(node("c", "If")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("then_branch")
                                .setG(branch))
                        .addAttribute(
                                AttributeProto.newBuilder().setName("others").addGraphs(branch)))
                .addNode(node("d", "FusedGemm").setDomain("com.microsoft"));

        assertThat(written("a.onnx", model).summary().operators())
                .hasToString("{If=1, Relu=3, com.microsoft.FusedGemm=1}");
    }

    @Test
    void constantsOfAnyType_areCounted() throws IOException {
        ModelProto.Builder model = model();
        model.getGraphBuilder()
                .addInitializer(floats("f", 1, 2))
                .addInitializer(TensorProto.newBuilder()
                        .setDataType(21)
                        .addDims(5)
                        .setRawData(ByteString.copyFrom(new byte[3])))
                .addInitializer(TensorProto.newBuilder().setDataType(8).addDims(2))
                .addInitializer(TensorProto.newBuilder().setDataType(99).addDims(4));

        assertThat(written("a.onnx", model).summary().parameters())
                .containsOnlyKeys("float", "uint4", "string", "type99")
                .containsEntry("float", new ModelSummary.Parameters(1, 2, 8))
                .containsEntry("uint4", new ModelSummary.Parameters(1, 5, 3))
                .containsEntry("string", new ModelSummary.Parameters(1, 2, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "here.data | 0 | 16 | ''",
                "here.data | 12 | 16 | tensor w: lies at byte 12 with length 8, but here.data has 16 bytes",
                "away.data | 0 | -1 | tensor w: its data file away.data is missing",
                "../up.data | 0 | -1 | tensor w: its data must be in a file of the model's folder, the location is"
                        + " '../up.data'",
                "/etc/passwd | 0 | -1 | tensor w: its data must be in a file of the model's folder, the location is"
                        + " '/etc/passwd'"
            })
    void dataFiles_areChecked(String location, long offset, long bytes, String problem) throws IOException {
        Files.write(folder.resolve("here.data"), new byte[16]);
        ModelProto.Builder model = model();
        model.getGraphBuilder().addInitializer(outside("w", location, offset));

        assertThat(written("a.onnx", model).summary().dataFiles())
                .containsExactly(
                        new ModelSummary.DataFile(location, problem.contains("lies at") ? -1 : bytes, 1, problem));
    }

    @Test
    void dataOverData_isNoticed() throws IOException {
        Files.write(folder.resolve("here.data"), new byte[16]);
        ModelProto.Builder model = model();
        model.getGraphBuilder()
                .addInitializer(outside("w", "here.data", 0))
                .addInitializer(outside("v", "here.data", 4));

        assertThat(written("a.onnx", model).summary().dataFiles().get(0).problem())
                .isEqualTo("tensor v: bytes 4 to 12 of here.data overlap those of w, 0 to 8");
    }

    @Test
    void shapesBeyondCounting_areRefused() throws IOException {
        ModelProto.Builder model = model();
        model.getGraphBuilder()
                .addInitializer(TensorProto.newBuilder()
                        .setName("huge")
                        .setDataType(1)
                        .addDims(Long.MAX_VALUE)
                        .addDims(3));
        ModelInspection inspection = written("a.onnx", model);

        assertThatExceptionOfType(GraphException.class)
                .isThrownBy(inspection::summary)
                .withMessage("a.onnx: tensor huge: shape [9223372036854775807, 3] has more bytes than a file can have");
    }

    @Test
    void subgraphsWithoutEnd_areRefused() throws IOException {
        GraphProto graph = GraphProto.getDefaultInstance();
        for (int level = 0; level < 60; level++) {
            graph = GraphProto.newBuilder()
                    .addNode(node("n", "If")
                            .addAttribute(AttributeProto.newBuilder().setG(graph)))
                    .build();
        }
        ModelProto.Builder model = model().setGraph(graph);

        assertThatExceptionOfType(GraphException.class)
                .isThrownBy(() -> written("a.onnx", model))
                .withMessage("a.onnx: an ONNX model was expected, the file is damaged or of another kind");
    }

    @Test
    void differences_nameWhatDiffers() throws IOException {
        Files.write(folder.resolve("here.data"), new byte[16]);
        ModelProto.Builder first = model().addMetadataProps(entry("note", "one"));
        first.getGraphBuilder()
                .addInitializer(floats("same", 1, 2))
                .addInitializer(floats("value", 1, 2))
                .addInitializer(floats("shape", 1, 2))
                .addInitializer(outside("moved", "here.data", 0))
                .addInitializer(floats("gone", 1));
        ModelProto.Builder second = model().setIrVersion(9).addMetadataProps(entry("note", "two"));
        second.getGraphBuilder()
                .setNode(0, node("a", "Relu").addInput("more"))
                .addNode(node("b", "Tanh"))
                .addInitializer(TensorProto.newBuilder()
                        .setName("same")
                        .setDataType(1)
                        .addDims(2)
                        .setRawData(ByteString.fromHex("0000803f00000040")))
                .addInitializer(floats("value", 1, -2))
                .addInitializer(floats("shape", 1, 2, 3))
                .addInitializer(outside("moved", "here.data", 8));

        assertThat(written("a.onnx", first).differences(written("b.onnx", second)))
                .containsExactly(
                        "IR version: 8, 9",
                        "metadata note: one, two",
                        "operator Tanh: none, 1",
                        "node a: operator, inputs, outputs or attributes differ",
                        "node b: only in the second",
                        "constant gone: only in the first",
                        "constant shape: float[2], float[3]",
                        "constant value: float[2] of other values");
        assertThat(written("a.onnx", first).differences(written("b.onnx", first)))
                .isEmpty();
    }
}

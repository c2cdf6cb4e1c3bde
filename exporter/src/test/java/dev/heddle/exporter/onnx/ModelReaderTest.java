package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.SampleGraphs;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.proto.AttributeProto;
import dev.heddle.exporter.proto.FunctionProto;
import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.NodeProto;
import dev.heddle.exporter.proto.OperatorSetIdProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import dev.heddle.exporter.proto.TensorShapeProto;
import dev.heddle.exporter.proto.TypeProto;
import dev.heddle.exporter.proto.ValueInfoProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ModelReaderTest {

    @TempDir
    private Path folder;

    private record Weight(String name, TensorType type, List<Byte> bytes) {}

    @ParameterizedTest
    @EnumSource(FunctionStyle.class)
    void model_writtenAndRead_isEqual(FunctionStyle style) throws IOException {
        Model written = SampleGraphs.scaledLinear(style);
        new ModelWriter(folder, (weight, bytes) -> {}).write(written);

        Model read = ModelReader.read(folder.resolve("model.onnx"));

        assertThat(withoutWeights(read)).isEqualTo(withoutWeights(written));
        assertThat(weights(read)).isEqualTo(weights(written));
    }

    @ParameterizedTest
    @EnumSource(FunctionStyle.class)
    void model_readAndWritten_hasTheSameBytes(FunctionStyle style) throws IOException {
        Path again = Files.createDirectory(folder.resolve("again"));
        new ModelWriter(folder, (weight, bytes) -> {}).write(SampleGraphs.scaledLinear(style));

        new ModelWriter(again, (weight, bytes) -> {}).write(ModelReader.read(folder.resolve("model.onnx")));

        assertThat(again.resolve("model.onnx")).hasSameBinaryContentAs(folder.resolve("model.onnx"));
        assertThat(again.resolve("model.onnx.data")).hasSameBinaryContentAs(folder.resolve("model.onnx.data"));
    }

    private static Model withoutWeights(Model model) {
        Graph graph = model.graph();
        Graph bare = new Graph(graph.name(), graph.inputs(), graph.outputs(), List.of(), graph.nodes(), graph.values());
        return new Model(
                bare,
                model.functions(),
                model.opsets(),
                model.irVersion(),
                model.producer(),
                model.producerVersion(),
                model.metadata());
    }

    private static List<Weight> weights(Model model) {
        return model.graph().initializers().stream()
                .map(weight -> new Weight(weight.name(), weight.data().type(), bytes(weight.data())))
                .toList();
    }

    private static List<Byte> bytes(TensorData data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            data.writeTo(Channels.newChannel(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(java.nio.charset.StandardCharsets.ISO_8859_1)
                .chars()
                .mapToObj(value -> (byte) value)
                .toList();
    }

    @Test
    void weight_beyondTwoGibibytes_isReadWhereItIs() throws IOException {
        long offset = (5L << 29) + 8;
        try (RandomAccessFile data =
                new RandomAccessFile(folder.resolve("w.bin").toFile(), "rw")) {
            data.seek(offset);
            data.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        }
        write(model -> model.getGraphBuilder().addInitializer(external("w", "w.bin", offset, 8, 2)));

        Model read = ModelReader.read(folder.resolve("model.onnx"));

        assertThat(weights(read))
                .containsExactly(new Weight(
                        "w",
                        TensorType.of(DType.FLOAT32, 2),
                        List.of((byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5, (byte) 6, (byte) 7, (byte) 8)));
    }

    @Test
    void weights_ofTheSameBytes_mayShareThem() throws IOException {
        Files.write(folder.resolve("w.bin"), new byte[16]);
        write(model -> model.getGraphBuilder()
                .addInitializer(external("a", "w.bin", 8, 8, 2))
                .addInitializer(external("b", "w.bin", 8, 8, 1, 2)));

        assertThat(ModelReader.read(folder.resolve("model.onnx")).graph().initializers())
                .extracting(Initializer::name)
                .containsExactly("a", "b");
    }

    @Test
    void smallTensors_inTypedLists_areLiterals() throws IOException {
        write(model -> model.getGraphBuilder()
                .addInitializer(tensor("f", 1, 2).addFloatData(1).addFloatData(2.5f))
                .addInitializer(tensor("b", 9, 1).addInt32Data(1))
                .addInitializer(tensor("i", 7).addInt64Data(7)));

        assertThat(ModelReader.read(folder.resolve("model.onnx")).graph().initializers())
                .containsExactly(
                        new Initializer("f", Literal.float32s(1, 2.5)),
                        new Initializer("b", new Literal(TensorType.of(DType.BOOL, 1), List.of(1L))),
                        new Initializer("i", Literal.int64(7)));
    }

    @Test
    void smallTensors_ofHalfPrecision_keepTheirBytes() throws IOException {
        write(model -> model.getGraphBuilder().addInitializer(tensor("h", 10, 1).addInt32Data(0x3c01)));

        assertThat(weights(ModelReader.read(folder.resolve("model.onnx"))))
                .containsExactly(new Weight("h", TensorType.of(DType.FLOAT16, 1), List.of((byte) 0x01, (byte) 0x3c)));
    }

    @Test
    void names_ofOnnxsOwnDomain_areOne() throws IOException {
        write(model -> {
            model.clearOpsetImport().addOpsetImport(opset("ai.onnx", 23));
            model.getGraphBuilder().addNode(node().setDomain("ai.onnx"));
        });

        Model read = ModelReader.read(folder.resolve("model.onnx"));

        assertThat(read.opsets()).containsOnlyKeys("");
        assertThat(read.graph().nodes().get(0).domain()).isEmpty();
    }

    @Test
    void lengths_leftOpen_getNamesOfTheirOwn() throws IOException {
        write(model -> model.getGraphBuilder().addInput(value("x", TensorShapeProto.Dimension.newBuilder())));

        assertThat(ModelReader.read(folder.resolve("model.onnx")).graph().inputs())
                .hasToString("[NamedType[name=x, type=float[x.dim0]]]");
    }

    @Test
    void attributes_ofEveryKind_areRead() throws IOException {
        write(model -> model.getGraphBuilder()
                .addNode(node().addAttribute(
                                attribute("i", AttributeProto.AttributeType.INT).setI(3))
                        .addAttribute(attribute("is", AttributeProto.AttributeType.INTS)
                                .addInts(4))
                        .addAttribute(attribute("f", AttributeProto.AttributeType.FLOAT)
                                .setF(0.5f))
                        .addAttribute(attribute("t", AttributeProto.AttributeType.TENSOR)
                                .setT(tensor("", 7).addInt64Data(5)))
                        .addAttribute(
                                attribute("r", AttributeProto.AttributeType.INT).setRefAttrName("n"))));

        assertThat(ModelReader.read(folder.resolve("model.onnx"))
                        .graph()
                        .nodes()
                        .get(0)
                        .attributes())
                .containsEntry("i", new Attribute.Int(3))
                .containsEntry("is", new Attribute.Ints(List.of(4L)))
                .containsEntry("f", new Attribute.Real(0.5f))
                .containsEntry("t", new Attribute.Tensor(Literal.int64(5)))
                .containsEntry("r", new Attribute.Reference("n", dev.heddle.ops.OpSchema.AttributeType.INT));
    }

    @Test
    void file_ofAnotherKind_isRefused() throws IOException {
        Files.writeString(folder.resolve("model.onnx"), "{\"not\": \"protobuf\"}");

        refuses("model.onnx: an ONNX model was expected, the file is damaged or of another kind");
    }

    @Test
    void file_thatIsEmpty_isRefused() throws IOException {
        Files.createFile(folder.resolve("model.onnx"));

        refuses("model.onnx: an ONNX model was expected, the file has no graph or no IR version");
    }

    @Test
    void file_thatIsAFolder_isRefused() throws IOException {
        Files.createDirectory(folder.resolve("model.onnx"));

        refuses("model.onnx: a model file was expected, got a folder");
    }

    @Test
    void file_largerThanProtobufAllows_isRefused() throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("model.onnx").toFile(), "rw")) {
            file.setLength(1L << 31);
        }

        refuses(
                "model.onnx: a model file has at most 2147483647 bytes, got 2147483648; weights belong into a data file");
    }

    @Test
    void dataFile_behindALinkOutOfTheFolder_isRefused() throws IOException {
        Path outside = Files.write(Files.createTempFile("heddle", ".bin"), new byte[8]);
        Files.createSymbolicLink(folder.resolve("w.bin"), outside);
        write(model -> model.getGraphBuilder().addInitializer(external("w", "w.bin", 0, 8, 2)));

        refuses("model.onnx: tensor w: its data file w.bin is a link out of the model's folder, to "
                + outside.toRealPath());
        Files.delete(outside);
    }

    /** @param message after the file's name */
    private record Refusal(String message, Consumer<ModelProto.Builder> change) {
        @Override
        public String toString() {
            return message;
        }
    }

    static Stream<Refusal> weights() {
        return Stream.of(
                weight("tensor w: its data file other.bin is missing", external("w", "other.bin", 0, 8, 2)),
                weight(
                        "tensor w: its data must be in a file of the model's folder, the location is '/etc/passwd'",
                        external("w", "/etc/passwd", 0, 8, 2)),
                weight(
                        "tensor w: its data must be in a file of the model's folder, the location is 'a/../../w.bin'",
                        external("w", "a/../../w.bin", 0, 8, 2)),
                weight(
                        "tensor w: its data must be in a file of the model's folder, the location is '..\\w.bin'",
                        external("w", "..\\w.bin", 0, 8, 2)),
                weight(
                        "tensor w: its data must be in a file of the model's folder, the location is ''",
                        external("w", "", 0, 8, 2)),
                weight("tensor w?: element type number 20 is not one that Heddle handles", tensor("w\u001b", 20, 1)),
                weight("tensor w: its data file has a name that is no path", external("w", "w\0.bin", 0, 8, 2)),
                weight(
                        "tensor w: lies at byte 12 with length 8, but w.bin has 16 bytes",
                        external("w", "w.bin", 12, 8, 2)),
                weight(
                        "tensor w: offset of its external data must be a number of bytes, got '-8'",
                        external("w", "w.bin", -8, 8, 2)),
                weight(
                        "tensor w: offset of its external data must be a number of bytes, got '9223372036854775807'",
                        external("w", "w.bin", Long.MAX_VALUE, 8, 2)),
                weight("tensor w: float[3] needs 12 bytes, its length in w.bin is 8", external("w", "w.bin", 0, 8, 3)),
                weight(
                        "tensor w: external data gives location more than once",
                        external("w", "w.bin", 0, 8, 2).addExternalData(entry("location", "x"))),
                new Refusal(
                        "tensor b: bytes 4 to 12 of w.bin overlap those of a, 0 to 8", model -> model.getGraphBuilder()
                                .addInitializer(external("a", "w.bin", 0, 8, 2))
                                .addInitializer(external("b", "w.bin", 4, 8, 2))),
                weight("tensor w: element type number 20 is not one that Heddle handles", tensor("w", 20, 1)),
                weight("tensor w: axis lengths must be at least 0, got [2, -1]", tensor("w", 1, 2, -1)),
                weight(
                        "tensor w: float[4294967296,4294967296] has more bytes than a file can have",
                        tensor("w", 1, 1L << 32, 1L << 32)),
                weight(
                        "tensor w: float[2] needs 8 bytes, got 4",
                        tensor("w", 1, 2).addFloatData(1)));
    }

    private static Refusal weight(String message, TensorProto.Builder tensor) {
        return new Refusal(message, model -> model.getGraphBuilder().addInitializer(tensor));
    }

    @ParameterizedTest
    @MethodSource("weights")
    void weight_thatIsWrong_isRefused(Refusal refusal) throws IOException {
        Files.write(folder.resolve("w.bin"), new byte[16]);
        write(refusal.change());

        refuses("model.onnx: " + refusal.message());
    }

    static Stream<Refusal> structures() {
        return Stream.of(
                new Refusal(
                        "model: imports domain '' more than once", model -> model.addOpsetImport(opset("ai.onnx", 22))),
                new Refusal(
                        "model: opset version of domain 'x' must be at least 1, got 0",
                        model -> model.addOpsetImport(opset("x", 0))),
                new Refusal("metadata k is given more than once", model -> model.addMetadataProps(entry("k", "1"))
                        .addMetadataProps(entry("k", "2"))),
                new Refusal("value x: a tensor of known rank was expected", model -> model.getGraphBuilder()
                        .addInput(ValueInfoProto.newBuilder().setName("x"))),
                new Refusal("value x: axis lengths must be at least 0, got -1", model -> model.getGraphBuilder()
                        .addInput(value(
                                "x", TensorShapeProto.Dimension.newBuilder().setDimValue(-1)))),
                new Refusal(
                        "node n: attribute body is of kind GRAPH, which Heddle does not read",
                        attribute(attribute("body", AttributeProto.AttributeType.GRAPH))),
                new Refusal(
                        "node n: attribute fs is of kind FLOATS, which Heddle does not read",
                        attribute(attribute("fs", AttributeProto.AttributeType.FLOATS))),
                new Refusal("node n: attribute a is given more than once", model -> model.getGraphBuilder()
                        .addNode(node().addAttribute(attribute("a", AttributeProto.AttributeType.INT))
                                .addAttribute(attribute("a", AttributeProto.AttributeType.INT)))),
                new Refusal(
                        "node n: tensor t: a node's constant must stand in the model file, it lies in another",
                        attribute(attribute("value", AttributeProto.AttributeType.TENSOR)
                                .setT(external("t", "w.bin", 0, 8, 2)))),
                new Refusal(
                        "node n: tensor t: a node's constant has at most 1048576 bytes, got float[1048576]",
                        attribute(attribute("value", AttributeProto.AttributeType.TENSOR)
                                .setT(tensor("t", 1, 1 << 20)))),
                new Refusal(
                        "node n: tensor t: a node's constant is float, int64, int32 or bool, got float16",
                        attribute(attribute("value", AttributeProto.AttributeType.TENSOR)
                                .setT(tensor("t", 10, 1)))),
                new Refusal(
                        "function d.F: imports opset 21 of domain '', the model 23",
                        model -> model.addFunctions(function().addOpsetImport(opset("", 21)))),
                new Refusal(
                        "function d.F: imports no opset of domain ''",
                        model -> model.addFunctions(function().addNode(node()))),
                new Refusal(
                        "function d.F: attribute a has a default, which Heddle does not read",
                        model -> model.addFunctions(
                                function().addAttributeProto(attribute("a", AttributeProto.AttributeType.INT)))));
    }

    private static Consumer<ModelProto.Builder> attribute(AttributeProto.Builder attribute) {
        return model -> model.getGraphBuilder().addNode(node().addAttribute(attribute));
    }

    @ParameterizedTest
    @MethodSource("structures")
    void structure_thatCannotBeRead_isRefused(Refusal refusal) throws IOException {
        write(refusal.change());

        refuses("model.onnx: " + refusal.message());
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> ModelReader.read(folder.resolve("model.onnx")))
                .isInstanceOf(GraphException.class)
                .hasMessage(message);
    }

    private void write(Consumer<ModelProto.Builder> change) throws IOException {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(10)
                .addOpsetImport(opset("", 23))
                .setGraph(GraphProto.newBuilder().setName("g"));
        change.accept(model);
        Files.write(folder.resolve("model.onnx"), model.build().toByteArray());
    }

    private static TensorProto.Builder tensor(String name, int dtype, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(dtype);
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        return tensor;
    }

    private static TensorProto.Builder external(String name, String location, long offset, long length, long... dims) {
        return tensor(name, 1, dims)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(length)));
    }

    private static StringStringEntryProto.Builder entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    private static OperatorSetIdProto.Builder opset(String domain, int version) {
        return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version);
    }

    private static NodeProto.Builder node() {
        return NodeProto.newBuilder().setName("n").setOpType("Op").addOutput("y");
    }

    private static FunctionProto.Builder function() {
        return FunctionProto.newBuilder().setDomain("d").setName("F");
    }

    private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static ValueInfoProto.Builder value(String name, TensorShapeProto.Dimension.Builder dim) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(1)
                                .setShape(TensorShapeProto.newBuilder().addDim(dim))));
    }
}

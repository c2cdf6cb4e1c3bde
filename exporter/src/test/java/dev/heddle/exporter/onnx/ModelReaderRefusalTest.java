package dev.heddle.exporter.onnx;

import static dev.heddle.exporter.onnx.ProtoSamples.attribute;
import static dev.heddle.exporter.onnx.ProtoSamples.entry;
import static dev.heddle.exporter.onnx.ProtoSamples.external;
import static dev.heddle.exporter.onnx.ProtoSamples.function;
import static dev.heddle.exporter.onnx.ProtoSamples.node;
import static dev.heddle.exporter.onnx.ProtoSamples.opset;
import static dev.heddle.exporter.onnx.ProtoSamples.tensor;
import static dev.heddle.exporter.onnx.ProtoSamples.value;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.proto.AttributeProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.TensorProto;
import dev.heddle.exporter.proto.TensorShapeProto;
import dev.heddle.exporter.proto.ValueInfoProto;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ModelReaderRefusalTest {

    @TempDir
    private Path folder;

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
                        nodeWith(attribute("body", AttributeProto.AttributeType.GRAPH))),
                new Refusal(
                        "node n: attribute fs is of kind FLOATS, which Heddle does not read",
                        nodeWith(attribute("fs", AttributeProto.AttributeType.FLOATS))),
                new Refusal("node n: attribute a is given more than once", model -> model.getGraphBuilder()
                        .addNode(node().addAttribute(attribute("a", AttributeProto.AttributeType.INT))
                                .addAttribute(attribute("a", AttributeProto.AttributeType.INT)))),
                new Refusal(
                        "node n: tensor t: a node's constant must stand in the model file, it lies in another",
                        nodeWith(attribute("value", AttributeProto.AttributeType.TENSOR)
                                .setT(external("t", "w.bin", 0, 8, 2)))),
                new Refusal(
                        "node n: tensor t: a node's constant has at most 1048576 bytes, got float[1048576]",
                        nodeWith(attribute("value", AttributeProto.AttributeType.TENSOR)
                                .setT(tensor("t", 1, 1 << 20)))),
                new Refusal(
                        "node n: tensor t: a node's constant is float, int64, int32 or bool, got float16",
                        nodeWith(attribute("value", AttributeProto.AttributeType.TENSOR)
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

    private static Consumer<ModelProto.Builder> nodeWith(AttributeProto.Builder attribute) {
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
        ProtoSamples.write(folder.resolve("model.onnx"), change);
    }
}

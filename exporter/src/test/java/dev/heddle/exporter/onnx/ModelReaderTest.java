package dev.heddle.exporter.onnx;

import static dev.heddle.exporter.onnx.ProtoSamples.attribute;
import static dev.heddle.exporter.onnx.ProtoSamples.external;
import static dev.heddle.exporter.onnx.ProtoSamples.node;
import static dev.heddle.exporter.onnx.ProtoSamples.opset;
import static dev.heddle.exporter.onnx.ProtoSamples.tensor;
import static dev.heddle.exporter.onnx.ProtoSamples.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.SampleGraphs;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.proto.AttributeProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.TensorShapeProto;
import dev.heddle.ops.OpSchema.AttributeType;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    @Test
    void weights_ofMoreThanTwoGibibytes_areFound() throws IOException {
        long length = 5L << 30;
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("w.bin").toFile(), "rw")) {
            file.setLength(length + 4);
            file.seek(length);
            file.write(new byte[] {1, 2, 3, 4});
        }
        ProtoSamples.write(folder.resolve("model.onnx"), model -> model.getGraphBuilder()
                .addInitializer(external("large", "w.bin", 0, length, length / 4))
                .addInitializer(external("behind", "w.bin", length, 4, 1)));

        Model read = ModelReader.read(folder.resolve("model.onnx"));

        assertThat(read.graph().initializers().get(0).data().byteCount()).isEqualTo(length);
        assertThat(bytes(read.graph().initializers().get(1).data()))
                .containsExactly((byte) 1, (byte) 2, (byte) 3, (byte) 4);
    }

    @Test
    void weights_overTheSameBytes_areTied() throws IOException {
        Files.write(folder.resolve("w.bin"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        ProtoSamples.write(folder.resolve("model.onnx"), model -> model.getGraphBuilder()
                .addInitializer(external("embedding", "w.bin", 0, 8, 2))
                .addInitializer(external("head", "w.bin", 0, 8, 2)));

        Model read = ModelReader.read(folder.resolve("model.onnx"));

        assertThat(weights(read).get(0).bytes())
                .isEqualTo(weights(read).get(1).bytes())
                .hasSize(8);
    }

    private static Model withoutWeights(Model model) {
        Graph graph = model.graph();
        Graph bare = graph.withInitializers(List.of());
        return model.withGraph(bare);
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
        return out.toString(StandardCharsets.ISO_8859_1)
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
    void weight_whoseFileWasCutSince_isRefusedWhenItIsRead() throws IOException {
        Path data = Files.write(folder.resolve("w.bin"), new byte[8]);
        write(model -> model.getGraphBuilder().addInitializer(external("w", "w.bin", 0, 8, 2)));
        Model read = ModelReader.read(folder.resolve("model.onnx"));
        Files.write(data, new byte[6]);

        assertThatThrownBy(() -> read.graph()
                        .initializers()
                        .get(0)
                        .data()
                        .writeTo(Channels.newChannel(new ByteArrayOutputStream())))
                .isInstanceOf(EOFException.class)
                .hasMessage(data.toRealPath() + " ends at byte 6, a tensor ends at 8");
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
                .containsEntry("r", new Attribute.Reference("n", AttributeType.INT));
    }

    private void write(Consumer<ModelProto.Builder> change) throws IOException {
        ProtoSamples.write(folder.resolve("model.onnx"), change);
    }
}

package dev.heddle.runtime.session;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.proto.GraphProto;
import dev.heddle.exporter.proto.ModelProto;
import dev.heddle.exporter.proto.NodeProto;
import dev.heddle.exporter.proto.StringStringEntryProto;
import dev.heddle.exporter.proto.TensorProto;
import dev.heddle.runtime.ModelFormatException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExternalDataTest {

    private static final String BEHIND = "'\n\u001b[2Jw";

    @TempDir
    private Path outer;

    private Path folder;

    @BeforeEach
    void writeData() throws IOException {
        folder = Files.createDirectory(outer.resolve("model"));
        Files.write(folder.resolve("w.bin"), new byte[16]);
        Files.write(outer.resolve("w.bin"), new byte[16]);
    }

    private static TensorProto.Builder weight(String location, String offset, String length) {
        return TensorProto.newBuilder()
                .addDims(4)
                .setDataType(1)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", offset))
                .addExternalData(entry("length", length))
                .setName("w")
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    }

    private static StringStringEntryProto.Builder entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    private byte[] model(TensorProto.Builder... weights) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("g")
                .addNode(NodeProto.newBuilder().setName("n").setOpType("Neg"))
                .addInitializer(TensorProto.newBuilder()
                        .setName("inline")
                        .setRawData(com.google.protobuf.ByteString.copyFrom(new byte[100_000])));
        Arrays.stream(weights).forEach(graph::addInitializer);
        return ModelProto.newBuilder()
                .setIrVersion(10)
                .setGraph(graph)
                .setProducerName("after the graph")
                .build()
                .toByteArray();
    }

    private ModelFile write(byte[] model) throws IOException {
        Path file = Files.write(folder.resolve("model.onnx"), model);
        return new ModelFile(file, folder);
    }

    private void accepts(TensorProto.Builder... weights) throws IOException {
        ModelFile file = write(model(weights));

        assertThatCode(() -> ExternalData.check(file)).doesNotThrowAnyException();
    }

    private void refuses(String problem, TensorProto.Builder... weights) throws IOException {
        ModelFile file = write(model(weights));

        assertThatThrownBy(() -> ExternalData.check(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(folder.resolve("model.onnx") + ": tensor " + problem);
    }

    @Test
    void weights_thatFit_areAccepted() throws IOException {
        accepts(weight("w.bin", "0", "16"), weight("w.bin", "8", "8"), weight("./w.bin", "0", "16"));
    }

    @Test
    void weights_overTheSameBytes_areAccepted() throws IOException {
        accepts(weight("w.bin", "0", "16"), weight("w.bin", "0", "16"));
    }

    @Test
    void weights_beyondTwoGibibytes_areAccepted() throws IOException {
        try (RandomAccessFile large =
                new RandomAccessFile(folder.resolve("large.bin").toFile(), "rw")) {
            large.setLength((5L << 30) + 16);
        }

        accepts(weight("large.bin", "16", Long.toString(5L << 30)));
        refuses(
                "w: expected its data at bytes 17 to 5368709137 of large.bin, got a file of 5368709136 bytes; copy it again",
                weight("large.bin", "17", Long.toString(5L << 30)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../w.bin", "a/../../w.bin", "/etc/passwd", "..\\w.bin", "", " ", "w\0.bin"})
    void location_outsideTheFolder_isRefused(String location) throws IOException {
        refuses(
                "w: expected its data in a file of the model's folder, got the location '" + location.replace('\0', '?')
                        + "'",
                weight(location, "0", "16"));
    }

    @Test
    void link_outOfTheFolder_isRefused() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.bin"), outer.resolve("w.bin"));

        refuses(
                "w: expected its data in the model's folder, but link.bin is a link to "
                        + outer.toRealPath().resolve("w.bin"),
                weight("link.bin", "0", "16"));
    }

    @Test
    void modelAndData_thatAreLinksToOneFolder_areAccepted() throws IOException {
        Path blobs = Files.createDirectory(outer.resolve("blobs"));
        Files.write(blobs.resolve("1"), model(weight("link.bin", "0", "16")));
        Files.write(blobs.resolve("2"), new byte[16]);
        Path model = Files.createSymbolicLink(folder.resolve("model.onnx"), blobs.resolve("1"));
        Files.createSymbolicLink(folder.resolve("link.bin"), blobs.resolve("2"));

        assertThatCode(() -> ExternalData.check(new ModelFile(model, folder))).doesNotThrowAnyException();
    }

    @Test
    void dataFile_thatIsMissing_isNamed() throws IOException {
        refuses(
                "w: expected its data in other.bin beside the model, found no such file; copy it as well",
                weight("other.bin", "0", "16"));
    }

    @Test
    void dataFile_thatIsTooShort_isNamed() throws IOException {
        refuses(
                "w: expected its data at bytes 8 to 24 of w.bin, got a file of 16 bytes; copy it again",
                weight("w.bin", "0", "16"),
                weight("w.bin", "8", "16"));
    }

    @ParameterizedTest
    @CsvSource({"offset, -8, 16", "length, 0, 1e3", "offset, 9223372036854775807, 16"})
    void number_thatIsNone_isRefused(String key, String offset, String length) throws IOException {
        refuses(
                "w: expected a number of bytes as the " + key + " of its data, got '"
                        + (key.equals("offset") ? offset : length) + "'",
                weight("w.bin", offset, length));
    }

    @Test
    void name_thatSteersATerminal_isShownWithoutThat() throws IOException {
        refuses(
                "'??[2Jw: expected its data in ?x beside the model, found no such file; copy it as well",
                weight("\rx", "0", "16").setName(BEHIND));
    }

    @Test
    void weight_inTheModelFile_mayNameAnyPlace() throws IOException {
        accepts(weight("../w.bin", "0", "16").setDataLocation(TensorProto.DataLocation.DEFAULT));
    }

    @Test
    void model_thatIsBroken_isLeftToOnnxRuntime() throws IOException {
        byte[] whole = model(weight("w.bin", "0", "16"));
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            byte[] broken = Arrays.copyOf(whole, random.nextInt(whole.length));
            ModelFile file = write(broken);

            assertThatCode(() -> ExternalData.check(file)).doesNotThrowAnyException();
        }
    }
}

package dev.heddle.exporter.onnx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.SampleGraphs;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several threads and several files, and what goes wrong on the way. */
final class DataFileWriterTest {

    @TempDir
    private Path folder;

    @Test
    void write_ofAWeightThatEndsEarly_isRefused() {
        TensorData broken = data(2000, out -> new SampleGraphs.Counting(TensorType.of(DType.UINT8, 1999)).writeTo(out));

        assertThatThrownBy(() -> write(model(new Initializer("w", broken)), WriteOptions.defaults()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("weight w must have 2000 bytes, it wrote 1999");
    }

    @Test
    void write_ofAWeightThatCannotBeRead_saysWhatItSays() {
        Initializer broken = failing("w", new IOException("source.safetensors ends at byte 7"));

        assertThatThrownBy(() -> write(model(broken), WriteOptions.defaults()))
                .isInstanceOf(IOException.class)
                .hasMessage("source.safetensors ends at byte 7");
    }

    @RepeatedTest(20)
    void write_ofTwoBrokenWeights_tellsOfTheFirstWhoeverIsQuicker() {
        Model model =
                model(failing("a", new GraphException("the first")), failing("b", new GraphException("the second")));

        assertThatThrownBy(() -> write(model, new WriteOptions(Long.MAX_VALUE, 2)))
                .hasMessage("the first");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void write_ofSeveralBrokenWeights_alwaysTellsOfTheSame(int threads) {
        Model model = model(
                weight("a", 1500),
                failing("slow", () -> {
                    LockSupport.parkNanos(50_000_000);
                    return new GraphException("the first");
                }),
                failing("fast", new GraphException("the second")));

        assertThatThrownBy(() -> write(model, new WriteOptions(Long.MAX_VALUE, threads)))
                .isInstanceOf(GraphException.class)
                .hasMessage("the first");
    }

    @Test
    void write_afterAFailure_beginsNoOtherWeight() {
        List<String> told = new ArrayList<>();
        Model model = model(failing("w", new GraphException("broken")), weight("a", 1500), weight("b", 2000));

        assertThatThrownBy(() -> new ModelWriter(
                                folder, new WriteOptions(Long.MAX_VALUE, 1), (name, bytes) -> told.add(name))
                        .write(model))
                .hasMessage("broken");
        assertThat(told).isEmpty();
    }

    @Test
    void write_ofAWeightThatIsTooLong_isRefused() {
        TensorData broken = data(2000, out -> new SampleGraphs.Counting(TensorType.of(DType.UINT8, 2001)).writeTo(out));

        assertThatThrownBy(() -> write(model(new Initializer("w", broken), weight("a", 1500)), WriteOptions.defaults()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("must end at byte 2000 of model.onnx.data, was given bytes up to 2001");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void write_withMoreThreads_givesTheSameBytes(int threads) throws IOException {
        Path again = Files.createDirectory(folder.resolve("again"));
        Initializer[] weights = IntStream.range(0, 40)
                .mapToObj(i -> weight("w" + i, 1000 + 777 * i))
                .toArray(Initializer[]::new);
        write(model(weights), new WriteOptions(20_000, 1));

        new ModelWriter(again, new WriteOptions(20_000, threads), (name, bytes) -> {}).write(model(weights));

        assertThat(files(again)).hasSizeGreaterThan(10).isEqualTo(files(folder));
    }

    /** Contents by name. */
    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path file : entries.filter(Files::isRegularFile).toList()) {
                files.put(file.getFileName().toString(), new String(Files.readAllBytes(file), ISO_8859_1));
            }
        }
        return files;
    }

    @Test
    void write_inShards_canBeReadAgain() throws IOException {
        Model model = model(weight("a", 3000), weight("b", 3000), weight("large", 20_000), weight("c", 5000));

        write(model, new WriteOptions(8192, 2));

        assertThat(files(folder).keySet())
                .containsExactly(
                        "model-00001-of-00003.onnx.data",
                        "model-00002-of-00003.onnx.data",
                        "model-00003-of-00003.onnx.data",
                        "model.onnx");
        Model read = ModelReader.read(folder.resolve("model.onnx"));
        for (int i = 0; i < 4; i++) {
            assertThat(bytes(read.graph().initializers().get(i).data()))
                    .isEqualTo(bytes(model.graph().initializers().get(i).data()));
        }
    }

    @Test
    void writeLinked_ofShards_linksThemAll() throws IOException {
        write(model(weight("a", 3000), weight("b", 9000)), new WriteOptions(8192, 2));
        Path changed = Files.createDirectory(folder.resolve("changed"));

        new LinkedModelWriter(changed).write(ModelReader.read(folder.resolve("model.onnx")));

        assertThat(files(changed).keySet())
                .containsExactly("model-00001-of-00002.onnx.data", "model-00002-of-00002.onnx.data", "model.onnx");
        assertThat(files(changed)).isEqualTo(files(folder));
    }

    private static Initializer failing(String name, Exception problem) {
        return failing(name, () -> problem);
    }

    private static Initializer failing(String name, Supplier<Exception> problem) {
        return new Initializer(name, data(2000, out -> {
            Exception thrown = problem.get();
            if (thrown instanceof IOException io) {
                throw io;
            }
            throw (RuntimeException) thrown;
        }));
    }

    @FunctionalInterface
    private interface Bytes {
        void writeTo(WritableByteChannel out) throws IOException;
    }

    private static TensorData data(int announced, Bytes bytes) {
        return new TensorData() {
            @Override
            public TensorType type() {
                return TensorType.of(DType.UINT8, announced);
            }

            @Override
            public void writeTo(WritableByteChannel out) throws IOException {
                bytes.writeTo(out);
            }
        };
    }

    private void write(Model model, WriteOptions options) throws IOException {
        new ModelWriter(folder, options, (name, bytes) -> {}).write(model);
    }

    private static byte[] bytes(TensorData data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        data.writeTo(Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    private static Initializer weight(String name, int bytes) {
        return new Initializer(name, new SampleGraphs.Counting(TensorType.of(DType.UINT8, bytes)));
    }

    private static Model model(Initializer... weights) {
        Graph graph = new Graph("g", List.of(), List.of(), List.of(weights), List.of(), List.of());
        return new Model(graph, List.of(), new TreeMap<>(Map.of("", 23)), 10, "p", "v", new TreeMap<>());
    }
}

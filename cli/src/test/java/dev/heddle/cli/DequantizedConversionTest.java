package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.Checkpoints;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.export.NumericsJson;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightReader;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The way back from exports with few bits. */
final class DequantizedConversionTest {

    private static final int BLOCK = 32;

    @TempDir
    private Path folder;

    /** An export with few bits. */
    record Codes(String sample, int bits, boolean asymmetric, String target, String parts) {

        /** With the scale of the largest value, so that nothing is cut off. */
        Object[] options() {
            List<Object> options = new ArrayList<>(List.of("--weights", "int" + bits, "--scales", "nearest"));
            options.addAll(List.of("--target", target, "--parts", parts));
            options.addAll(List.of("--exclude", sample.startsWith("ram") ? "*.w2.weight" : "*.down_proj.weight"));
            if (asymmetric) {
                options.add("--asymmetric");
            }
            return options.toArray();
        }

        /** Between two codes of the block, from its values alone. */
        double step(double[] row, int column) {
            double low = 0;
            double high = 0;
            for (int at = column / BLOCK * BLOCK; at < column / BLOCK * BLOCK + BLOCK; at++) {
                low = Math.min(low, row[at]);
                high = Math.max(high, row[at]);
            }
            int codes = (1 << bits) - 1;
            return asymmetric ? (high - low) / codes : Math.max(-low, high) / (codes / 2);
        }
    }

    static Stream<Codes> codes() {
        return Stream.of("ram-mta-v1", "ram-mta-v2", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny")
                .flatMap(sample -> Stream.of(4, 8).flatMap(bits -> Stream.of(false, true)
                        .flatMap(asymmetric -> Stream.of(
                                new Codes(sample, bits, asymmetric, "ort-1.28-cpu", "layers,head"),
                                new Codes(sample, bits, asymmetric, "ort-1.28-cpu", "layers,head,embedding"),
                                new Codes(sample, bits, asymmetric, "standard", "layers,head,embedding")))));
    }

    @ParameterizedTest
    @MethodSource("codes")
    void codes_comeBackWithinHalfAStep_andTheRestByteForByte(Codes codes) throws IOException {
        Path model = ExportedModels.export(codes.sample(), folder, codes.options());
        Path back = folder.resolve("back");

        CommandRun run = CommandRun.of("convert", model, "-o", back, "--dequantize");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).endsWith("not the source's tensors\n");
        try (SourceModel source = source(codes.sample());
                SourceModel written = SourceModel.open(back, Families.all())) {
            SortedSet<String> rounded = rounded(model, source);
            assertThat(run.err())
                    .isEqualTo("heddle: warning: " + rounded.size() + " of "
                            + source.checkpoint().tensors().size()
                            + " tensors are not the source's, but the values of int" + codes.bits()
                            + " weights in blocks of 32" + (codes.asymmetric() ? " with zero points" : "")
                            + ", the first of them " + rounded.first() + "\n");
            assertThat(FolderContents.names(back))
                    .isEqualTo(FolderContents.names(SampleParityTest.SAMPLES.resolve(codes.sample())).stream()
                            .filter(name -> !name.equals("expected.safetensors"))
                            .toList());
            assertThat(written.checkpoint().tensors().keySet())
                    .isEqualTo(source.checkpoint().tensors().keySet());
            for (StoredTensor tensor : source.checkpoint().tensors().values()) {
                StoredTensor other = written.checkpoint().tensors().get(tensor.name());
                assertThat(other.dtype()).isEqualTo(tensor.dtype());
                if (rounded.contains(tensor.name())) {
                    assertWithinHalfAStep(codes, tensor, values(source, tensor), values(written, other));
                } else {
                    assertThat(bytes(other)).as(tensor.name()).isEqualTo(bytes(tensor));
                }
            }
        }
    }

    /** Half a step, and what float32 adds to a product of code and scale. */
    private static void assertWithinHalfAStep(Codes codes, StoredTensor tensor, double[] source, double[] written) {
        int columns = (int) tensor.shape().lengths()[1];
        double lost = 0;
        for (int row = 0; row < source.length / columns; row++) {
            double[] values = Arrays.copyOfRange(source, row * columns, (row + 1) * columns);
            for (int column = 0; column < columns; column++) {
                double error = Math.abs(written[row * columns + column] - values[column]);
                assertThat(error)
                        .as("%s[%d,%d]", tensor.name(), row, column)
                        .isLessThanOrEqualTo(codes.step(values, column) * (0.5 + 1e-4));
                lost += error;
            }
        }
        assertThat(lost).as(tensor.name()).isPositive();
    }

    /** Those in few bits alone: a head whose rows are normalised is kept beside the model, a tied one may be there as the embedding. */
    private static SortedSet<String> rounded(Path model, SourceModel source) throws IOException {
        JsonNode description = description(model);
        SortedSet<String> names = new TreeSet<>();
        List<Weight> weights = NumericsJson.read(description)
                .quantization()
                .apply(source.decoder())
                .weights();
        for (Weight weight : weights) {
            if (weight instanceof Weight.Quantized quantized && !weights.contains(quantized.of())) {
                names.add(weight.stored().name());
            }
        }
        Families.named(source.decoder().family()).copies(source.decoder()).forEach((copy, original) -> {
            if (names.contains(original) && source.checkpoint().tensors().containsKey(copy)) {
                names.add(copy);
            }
        });
        description.path("checkpoint").path("kept").forEach(name -> names.remove(name.asText()));
        return names;
    }

    private static double[] values(SourceModel model, StoredTensor tensor) {
        return new WeightReader(model.checkpoint())
                .doubles(new Weight.Stored(tensor.name(), tensor.shape()))
                .data();
    }

    private static ByteBuffer bytes(StoredTensor tensor) {
        return tensor.read(0, (int) tensor.shape().elements());
    }

    /** All that comes back rounded is rounded in the model too: a head that is kept in its source's numbers would not be. */
    static Stream<Codes> withoutKeptTensors() {
        return codes().filter(codes ->
                        codes.target().equals("ort-1.28-cpu") && codes.parts().equals("layers,head,embedding"))
                .map(codes -> codes.sample().startsWith("baichuan")
                        ? new Codes(
                                codes.sample(), codes.bits(), codes.asymmetric(), codes.target(), "layers,embedding")
                        : codes);
    }

    @ParameterizedTest
    @MethodSource("withoutKeptTensors")
    void result_computesAsTheModel(Codes codes) throws IOException {
        Path model = ExportedModels.export(codes.sample(), folder, codes.options());
        CommandRun.of("convert", model, "-o", folder.resolve("back"), "--dequantize");
        Path plain = folder.resolve("plain");
        CommandRun.of("export", folder.resolve("back"), "-o", plain).assertDone();

        assertSame(logits(model), logits(plain));
    }

    static Stream<Codes> withTheUsualParts() {
        return codes().filter(codes ->
                codes.target().equals("ort-1.28-cpu") && codes.parts().equals("layers,head"));
    }

    /** A code is found again from its value; a scale may be off in its last place, as float32 rounds the largest value. */
    @ParameterizedTest
    @MethodSource("withTheUsualParts")
    void result_cutAgain_hasTheSameCodes(Codes codes) throws IOException {
        Path model = ExportedModels.export(codes.sample(), folder, codes.options());
        CommandRun.of("convert", model, "-o", folder.resolve("back"), "--dequantize");
        Path again = folder.resolve("again");
        CommandRun.of(Stream.concat(
                                Stream.of("export", folder.resolve("back"), "-o", again), Stream.of(codes.options()))
                        .toArray())
                .assertDone();

        assertThat(codesOf(again)).isNotEmpty().isEqualTo(codesOf(model));
        assertSame(logits(model), logits(again));
    }

    private static void assertSame(HostTensor expected, HostTensor actual) {
        TensorComparison compared = TensorComparer.of(Precision.FLOAT32).logits("logits", expected, actual);
        assertThat(compared.passed()).as(compared.line()).isTrue();
    }

    private static HostTensor logits(Path model) {
        try (ModelSession session = ModelSession.open(model, SessionOptions.defaults())) {
            return new Forward(Decoder.of(session)).logits(TokenInput.random(2, 12, 40, 1), ChunkSizes.whole());
        }
    }

    private static Map<String, ByteBuffer> codesOf(Path model) throws IOException {
        try (Checkpoint constants = Checkpoints.ofModel(ModelReader.read(model.resolve("model.onnx")))) {
            return constants.tensors().values().stream()
                    .filter(tensor -> tensor.name().matches(".*_q[48]"))
                    .collect(Collectors.toMap(StoredTensor::name, DequantizedConversionTest::bytes));
        }
    }

    private static SourceModel source(String sample) {
        return SourceModel.open(SampleParityTest.SAMPLES.resolve(sample), Families.all());
    }

    /** In the header of each shard and in the index. */
    @Test
    void files_sayThatTheirTensorsAreNotTheSources() throws IOException {
        Path model = ExportedModels.export(
                "baichuan-m1-tiny", folder, "--weights", "int4", "--exclude", "*.down_proj.weight");
        Path back = folder.resolve("back");

        CommandRun run = CommandRun.of("convert", model, "-o", back, "--dequantize");

        String source = "; source " + description(model).path("source").asText();
        JsonNode index = new ObjectMapper().readTree(Files.readAllBytes(back.resolve("model.safetensors.index.json")));
        assertThat(index.path("metadata").path("heddle").asText() + "\n")
                .isEqualTo(run.err().replace("heddle: warning: ", "").replace("\n", source + "\n"));
        assertThat(note(back.resolve("model-00001-of-00002.safetensors")))
                .matches(
                        "\\d+ of \\d+ tensors are not the source's, but the values of int4 weights in blocks of 32, the"
                                + " first of them model\\.layers\\.0\\.mlp\\.gate_proj\\.weight; source sha256:[0-9a-f]{64}");
    }

    private static JsonNode description(Path model) throws IOException {
        return new ObjectMapper()
                .readTree(
                        ModelReader.read(model.resolve("model.onnx")).metadata().get("heddle"));
    }

    private static String note(Path file) throws IOException {
        return SafetensorsParts.metadata(file).path("heddle").asText();
    }

    /** Tables in few bits, heads that share them, and codes in types of 4 bits. */
    @ParameterizedTest
    @CsvSource({"ort-1.28-cpu, fp16", "ort-1.28-cpu, bf16", "standard, fp16"})
    void narrowModelInFewBits_comesBackInTheSourcesTypes(String target, String dtype) throws IOException {
        Object[] options = {"--weights", "int4", "--parts", "layers,head,embedding", "--exclude", "*.down_proj.weight"};
        Path model = ExportedModels.export(
                "llama-tiny",
                folder,
                Stream.concat(Stream.of(options), Stream.of("--target", target, "--dtype", dtype))
                        .toArray());
        Path back = folder.resolve("back");

        CommandRun run = CommandRun.of("convert", model, "-o", back, "--dequantize");

        assertThat(run.err().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("but rounded to the model's element type"))
                .anyMatch(line -> line.contains("but the values of int4 weights in blocks of 32"));
        try (SourceModel written = SourceModel.open(back, Families.all())) {
            assertThat(written.checkpoint().tensors().values())
                    .extracting(StoredTensor::dtype)
                    .containsOnly(DType.FLOAT32);
        }
        try (SourceModel written = SourceModel.open(back, Families.all());
                SourceModel source = source("llama-tiny")) {
            TokenBlock tokens = TokenInput.random(2, 12, 40, 1);
            TensorComparison loss = TensorComparer.of(Precision.INT4_WEIGHTS)
                    .logits("loss", ReferenceLogits.of(source, tokens), ReferenceLogits.of(written, tokens));
            assertThat(loss.passed()).as(loss.line()).isTrue();
        }
    }

    @Test
    void withoutTheOption_codesAreRefused() {
        Path model =
                ExportedModels.export("llama-tiny", folder, "--weights", "int8", "--exclude", "*.down_proj.weight");

        CommandRun.of("convert", model, "-o", folder.resolve("back"))
                .assertFailed(
                        "tensor model.layers.0.mlp.gate_proj.weight: expected its numbers in the model, got codes of few bits, from which"
                                + " nobody can tell the source's; write the values that codes stand for with --dequantize, or"
                                + " convert an export without --weights");
        assertThat(folder.resolve("back")).doesNotExist();
    }

    @Test
    void codesThatTheMetadataDoesNotKnow_areRefused() throws IOException {
        Path model = ExportedModels.export("llama-tiny", folder);
        Model read = ModelReader.read(model.resolve("model.onnx"));
        Graph graph = read.graph();
        List<Initializer> renamed = graph.initializers().stream()
                .map(weight -> new Initializer(
                        weight.name().replace("down_proj.weight_t", "down_proj.weight_q4"), weight.data()))
                .toList();
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.copy(model.resolve("config.json"), other.resolve("config.json"));
        new ModelWriter(other, (weight, bytes) -> {}).write(read.withGraph(graph.withInitializers(renamed)));

        CommandRun.of("convert", other, "-o", folder.resolve("back"), "--dequantize")
                .assertFailed(
                        "tensor model.layers.0.mlp.down_proj.weight: expected numbers, as the model's metadata says"
                                + " nothing of codes, got model.layers.0.mlp.down_proj.weight_q4; export the source again");
    }

    @Test
    void normalisedHead_whoseSourceIsGone_comesBackAsTheModelHasIt() throws IOException {
        Path model = ExportedModels.export(
                "baichuan-m1-tiny", folder, "--weights", "int8", "--exclude", "*.down_proj.weight");
        Files.delete(model.resolve("model.onnx.source"));

        CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("back"), "--dequantize");

        assertThat(run.err())
                .contains("1 of 39 tensors are not the source's, but with rows divided by their norms")
                .contains("but the values of int8 weights in blocks of 32");
        assertThat(run.exitCode()).isZero();
    }
}

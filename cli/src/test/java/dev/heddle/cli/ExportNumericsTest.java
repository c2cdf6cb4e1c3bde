package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.op.BlockOps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code heddle export} is told about numbers, and what other commands make of such models. */
final class ExportNumericsTest {

    private static final String SAMPLE = "ram-mta-v1";

    @TempDir
    Path folder;

    private Path source() {
        return SampleParityTest.SAMPLES.resolve(SAMPLE);
    }

    private CommandRun export(Object... options) {
        Object[] all = Stream.concat(Stream.of("export", source(), "-o", folder.resolve("out")), Stream.of(options))
                .toArray();
        return CommandRun.of(all);
    }

    /** Options, and the line they must end in. */
    record Misuse(List<String> options, String line) {}

    static List<Misuse> misuses() {
        return List.of(
                new Misuse(
                        List.of("--dtype", "fp8"),
                        "invalid value for option '--dtype': expected fp32, fp16 or bf16, got 'fp8'"),
                new Misuse(
                        List.of("--weights", "int2"),
                        "invalid value for option '--weights': expected int8 or int4, got 'int2'"),
                new Misuse(
                        List.of("--weights", "int4", "--block", "48"),
                        "invalid value for option '--block': expected 32, 64 or 128, got 48"),
                new Misuse(List.of("--block", "32"), "--block: expected --weights int8 or int4 with it, got none"),
                new Misuse(List.of("--asymmetric"), "--asymmetric: expected --weights int8 or int4 with it, got none"),
                new Misuse(
                        List.of("--scales", "nearest"), "--scales: expected --weights int8 or int4 with it, got none"),
                new Misuse(List.of("--exclude", "x"), "--exclude: expected --weights int8 or int4 with it, got none"),
                new Misuse(List.of("--parts", "head"), "--parts: expected --weights int8 or int4 with it, got none"),
                new Misuse(
                        List.of("--activations", "int8"),
                        "--activations: expected --weights int8 or int4 with it, got none"),
                new Misuse(
                        List.of("--weights", "int8", "--activations", "int4"),
                        "invalid value for option '--activations': expected float or int8, got 'int4'"),
                new Misuse(List.of("--report", "f"), "--report: expected --weights int8 or int4 with it, got none"),
                new Misuse(
                        List.of("--target", "ort-2"),
                        "invalid value for option '--target': expected one of standard, ort-1.28-cpu, ort-1.28-cuda,"
                                + " got 'ort-2'"));
    }

    @ParameterizedTest
    @MethodSource("misuses")
    void optionsThatDoNotFit_areOneLine(Misuse misuse) {
        export(misuse.options().toArray()).assertMisused(misuse.line() + "; see heddle export --help");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void widthThatIsNoWholeNumberOfBlocks_namesTheTensorAndLeavesNothing() {
        Path narrow = SampleParityTest.SAMPLES.resolve("llama-tiny");

        CommandRun.of("export", narrow, "-o", folder.resolve("out"), "--weights", "int4")
                .assertFailed("tensor model.layers.0.mlp.down_proj.weight: expected rows of a multiple of 32 elements,"
                        + " the block, got shape [32,48]; choose another --block, or leave it as it is with --exclude"
                        + " 'model.layers.0.mlp.down_proj.weight'");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void excludedName_thatNoTensorHas_isAnError() {
        export("--weights", "int4", "--exclude", "lm_head*")
                .assertFailed("--exclude lm_head*: expected a pattern that some tensor's name matches, got none;"
                        + " names are as output.weight");
    }

    @Test
    void quantisedModel_reportsLosesAndIsJudgedTwice() throws IOException {
        Path report = folder.resolve("report.json");
        CommandRun run = export("--weights", "int4", "--exclude", "*.w2.weight", "--report", report);
        run.assertDone();

        assertThat(run.out()).contains("tensors in blocks of few bits, relative error (Frobenius) ");
        JsonNode tensors =
                new ObjectMapper().readTree(Files.readAllBytes(report)).path("tensors");
        assertThat(tensors.findValuesAsText("tensor"))
                .contains("layers.0.attention.wq.weight", "output.weight")
                .noneMatch(name -> name.contains("w2") || name.contains("mta_kernel") || name.contains("norm"))
                .isSorted();
        assertThat(tensors).allSatisfy(tensor -> {
            assertThat(tensor.path("relative_error").asDouble()).isBetween(0.01, 0.2);
            assertThat(tensor.path("worst_block_relative_error").asDouble())
                    .isGreaterThanOrEqualTo(tensor.path("relative_error").asDouble());
        });

        CommandRun parity = CommandRun.of("parity", source(), folder.resolve("out"), "--chunks", "5,1,1,3,1");
        assertThat(parity.out())
                .contains(
                        "float32, int4 weights in blocks of 32",
                        "outputs, by the weights that are left: 1 check passes",
                        "loss of the quantisation: ");
        CommandRun inner = CommandRun.of("parity", source(), folder.resolve("out"), "--all", "--weights", "--decode");
        assertThat(inner.out()).contains("values: ", "weights: ", "SAME: ");
        assertThat(inner.exitCode()).isZero();
        assertThat(CommandRun.of("inspect", folder.resolve("out")).out())
                .contains("numbers     float32, int4 weights in blocks of 32, for target ort-1.28-cpu\n")
                .contains("com.microsoft.MatMulNBits");
    }

    /** Rounded activations are another function than the weights that are left, and are judged as such; every check of a decoder still holds. */
    @Test
    void roundedActivations_areSaidAndJudgedByARowOfTheirOwn() throws IOException {
        export("--weights", "int8", "--exclude", "*.w2.weight", "--activations", "int8")
                .assertDone();
        assertThat(ModelReader.read(folder.resolve("out/model.onnx")).graph().nodes())
                .filteredOn(node -> node.opType().equals("MatMulNBits"))
                .isNotEmpty()
                .allMatch(BlockOps::roundsActivations);

        CommandRun parity = CommandRun.of("parity", source(), folder.resolve("out"), "--chunks", "5,1,1,3,1");
        assertThat(parity.out())
                .contains(
                        "float32, int8 weights in blocks of 32, int8 activations",
                        "outputs, by the weights that are left: 1 check passes",
                        "int8 activations, u = 3.9e-3");
        assertThat(parity.exitCode()).isZero();
        CommandRun inner = CommandRun.of(
                "parity", source(), folder.resolve("out"), "--all", "--replay", "--weights", "--decode", "--causal");
        assertThat(inner.exitCode()).as(inner.out()).isZero();
        assertThat(CommandRun.of("inspect", folder.resolve("out")).out())
                .contains(
                        "numbers     float32, int8 weights in blocks of 32, int8 activations, for target ort-1.28-cpu\n");
        CommandRun generated =
                CommandRun.of("generate", folder.resolve("out"), "--tokens", "1,2,3", "--max-new-tokens", "5");
        assertThat(generated.exitCode()).as(generated.err()).isZero();
    }

    /** Options, and whether they make what is slow on the target. */
    @ParameterizedTest
    @CsvSource({
        "--weights int8, true",
        "--weights int8 --dtype fp16, true",
        "--weights int8 --activations int8, false",
        "--weights int8 --target ort-1.28-cuda, false",
        "--weights int4, false"
    })
    void int8ForACpu_withoutRoundedActivations_isSaidToBeSlow(String options, boolean said) {
        CommandRun run = export((Object[]) (options + " --exclude *.w2.weight").split(" "));

        run.assertDone();
        assertThat(run.out().lines().filter(line -> line.contains("as long as float32")))
                .containsExactlyElementsOf(
                        said
                                ? List.of(
                                        "int8 weights with float activations take about ten times as long as float32 on"
                                                + " ort-1.28-cpu: for speed add --activations int8, which rounds more, or take"
                                                + " --weights int4")
                                : List.of());
    }

    /** A model that does not round activations has not the error of one that does. */
    @Test
    void activationsThatStayAsTheyAre_areJudgedAsFloat32() {
        export("--weights", "int8", "--exclude", "*.w2.weight");

        assertThat(CommandRun.of("parity", source(), folder.resolve("out")).out())
                .contains("outputs, by the weights that are left: 1 check passes", "float32, u = 6e-8")
                .doesNotContain("activations");
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "ort-1.28-cuda"})
    void roundedActivations_whereTheTargetHasNone_areRefused(String target) {
        export("--weights", "int8", "--exclude", "*.w2.weight", "--activations", "int8", "--target", target)
                .assertFailed("--activations int8: expected a --target that rounds activations, as ort-1.28-cpu does,"
                        + " got " + target + "; leave the option out");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    static List<String> types() {
        return List.of("fp16", "bf16");
    }

    @ParameterizedTest
    @MethodSource("types")
    void narrowModel_isRightInsideAndGenerates(String type) {
        export("--dtype", type, "--cache", "static", "--max-len", "40").assertDone();

        Path model = folder.resolve("out");
        CommandRun inner = CommandRun.of("parity", source(), model, "--all", "--replay", "--decode", "--causal");
        assertThat(inner.out()).contains("values: ", "nodes alone: ", "SAME: ");
        assertThat(inner.err()).isEmpty();
        assertThat(inner.exitCode()).as(inner.out()).isZero();
        CommandRun generated = CommandRun.of("generate", model, "--tokens", "1,2,3", "--max-new-tokens", "5");
        assertThat(generated.exitCode()).as(generated.err()).isZero();
        assertThat(generated.out().trim().split(",")).hasSize(5);
    }

    @Test
    void overflow_namesTensorAndValue_unlessItIsClipped() throws IOException {
        Path copy = folder.resolve("source");
        FolderContents.copy(source(), copy);
        SafetensorsParts parts = SafetensorsParts.of(copy.resolve("model.safetensors"));
        SafetensorsParts.Tensor norm = parts.get("norm.weight");
        ByteBuffer.wrap(norm.bytes()).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 70_000);
        parts.write();
        Object[] call = {"export", copy, "-o", folder.resolve("out"), "--dtype", "fp16"};

        CommandRun.of(call)
                .assertFailed("tensor norm.weight: expected values up to 65504.0, the largest of float16, got 1 beyond"
                        + " it, the largest 70000.0; export with --dtype bf16 or fp32, or cut them off with --clip");
        assertThat(folder.resolve("out")).doesNotExist();
        CommandRun clipped = CommandRun.of(
                Stream.concat(Stream.of(call), Stream.of("--clip")).toArray());

        assertThat(clipped.err())
                .isEqualTo("heddle: warning: tensor norm.weight has 1 value cut to the largest of the written type\n");
        assertThat(clipped.exitCode()).isZero();
    }
}

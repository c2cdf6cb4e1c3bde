package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.heddle.exporter.graph.DType;
import dev.heddle.models.export.SourceLayout;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.preset.Initialization;
import dev.heddle.models.preset.Preset;
import dev.heddle.models.preset.SmallModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** From a checkpoint to a model, back, and to a model again. */
final class ConvertCommandTest {

    private static final Path SAMPLES = Path.of("../models/src/test/resources/samples");

    /** Logits to compare with; no part of the checkpoint. */
    private static final String EXPECTED = "expected.safetensors";

    @TempDir
    private Path folder;

    private static SortedMap<String, String> files(Path source) throws IOException {
        SortedMap<String, String> files = FolderContents.of(source);
        files.remove(EXPECTED);
        return files;
    }

    private Path export(String sample, String name, Object... options) throws IOException {
        return Files.move(
                ExportedModels.export(sample, Files.createDirectory(folder.resolve("in-" + name)), options),
                folder.resolve(name));
    }

    @ParameterizedTest
    @CsvSource({
        "ram-mta-v1, --opset 23",
        "ram-mta-v2, --inline --shard-size 20KiB",
        "baichuan-m1-tiny, --opset 21",
        "llama-tiny, --cache none",
        "diffllama-tiny, --cache static --max-len 64"
    })
    void samples_comeBackFileByFile_andExportToTheSameModel(String sample, String options) throws IOException {
        Path source = SAMPLES.resolve(sample);
        Path model = export(sample, "model", (Object[]) options.split(" "));

        CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("back"));

        run.assertDone();
        assertThat(run.out()).endsWith("every file the same as the source's\n");
        assertThat(files(folder.resolve("back"))).isEqualTo(files(source));
        Path again = folder.resolve("again");
        CommandRun.of(withOptions(folder.resolve("back"), again, options)).assertDone();
        assertThat(FolderContents.of(again)).isEqualTo(FolderContents.of(model));
    }

    /** Float32 holds every bfloat16: what was widened for the model is narrowed without loss. */
    @Test
    void narrowTensors_inAWideModel_comeBackNarrow() throws IOException {
        Path source = SourceCopy.of(SAMPLES.resolve("baichuan-m1-tiny"), folder.resolve("source"))
                .written(DType.BFLOAT16);
        CommandRun.of("export", source, "-o", folder.resolve("model")).assertDone();

        CommandRun run = CommandRun.of("convert", folder.resolve("model"), "-o", folder.resolve("back"));

        run.assertDone();
        assertThat(run.out()).endsWith("every file the same as the source's\n");
        assertThat(FolderContents.of(folder.resolve("back"))).isEqualTo(FolderContents.of(source));
    }

    @Test
    void tensorsThatTheModelDoesNotUse_comeBackToo() throws IOException {
        Path source = SourceCopy.of(SAMPLES.resolve("ram-mta-v2"), folder.resolve("source"))
                .with("rope_embeddings.freqs_cis", new SixteenFloats())
                .copying("tok_embeddings.weight", "output.tied_module.weight")
                .written(DType.FLOAT32);
        CommandRun.of("export", source, "-o", folder.resolve("model")).assertDone();

        CommandRun run = CommandRun.of("convert", folder.resolve("model"), "-o", folder.resolve("back"));

        run.assertDone();
        assertThat(FolderContents.of(folder.resolve("back"))).isEqualTo(FolderContents.of(source));
    }

    /** Nothing but the names and the numbers: the model folder says how they lay in the source's files. */
    @Test
    void withoutTheKeptFile_tensorsComeBackInFilesMadeAnew() throws IOException {
        Path model = export("llama-tiny", "model");
        Files.delete(model.resolve("model.onnx.source"));

        CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("back"));

        run.assertDone();
        assertThat(run.out()).endsWith("every tensor the same as the source's, in files made anew\n");
        assertThat(FolderContents.names(folder.resolve("back")))
                .containsExactly("config.json", "generation_config.json", "model.safetensors");
        assertThat(folder.resolve("back/model.safetensors"))
                .hasSameBinaryContentAs(SAMPLES.resolve("llama-tiny/model.safetensors"));
    }

    @Test
    void shardsMadeAnew_haveAnIndex() throws IOException {
        Path model = export("baichuan-m1-tiny", "model");
        Files.delete(model.resolve("model.onnx.source"));

        CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("back"));

        assertThat(run.err())
                .isEqualTo(
                        "heddle: warning: 1 of 39 tensors are not the source's, but with rows divided by their norms,"
                                + " as the model has it, the first of them lm_head.weight\n");
        assertThat(run.out()).endsWith("not the source's tensors\n");
        assertThat(FolderContents.names(folder.resolve("back")))
                .isEqualTo(FolderContents.names(SAMPLES.resolve("baichuan-m1-tiny")).stream()
                        .filter(name -> !name.equals(EXPECTED))
                        .toList());
    }

    @Test
    void presets_becomeCheckpoints_thatExportToTheSameWeights() throws IOException {
        Path model = folder.resolve("model");
        CommandRun.of("export", "preset:mta-toy", "--init", "random", "--seed", 3, "-o", model)
                .assertDone();

        CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("back"));

        run.assertDone();
        assertThat(run.out()).endsWith("from a preset, which has no files to compare with\n");
        Path again = folder.resolve("again");
        CommandRun.of("export", folder.resolve("back"), "-o", again).assertDone();
        assertThat(again.resolve("model.onnx.data")).hasSameBinaryContentAs(model.resolve("model.onnx.data"));
    }

    static Stream<Arguments> smallModels() {
        return SmallModels.all().stream().flatMap(preset -> Stream.of(SourceLayout.values())
                .filter(layout ->
                        layout != SourceLayout.TORCH || preset.config().isLingua())
                .map(layout -> arguments(preset, layout)));
    }

    @ParameterizedTest
    @MethodSource("smallModels")
    void smallModels_ofEveryFamilyAndLayout_comeBackFileByFile(Preset preset, SourceLayout layout) throws IOException {
        Path source = Files.createDirectory(folder.resolve("source"));
        try (SourceModel written = preset.open(Initialization.RANDOM, 5)) {
            layout.write(written, source);
        }
        CommandRun.of("export", source, "-o", folder.resolve("model")).assertDone();

        CommandRun.of("convert", folder.resolve("model"), "-o", folder.resolve("back"))
                .assertDone();

        assertThat(FolderContents.of(folder.resolve("back"))).isEqualTo(FolderContents.of(source));
    }

    @Test
    void changedWeights_areConverted_withAWarning() throws IOException {
        Path model = export("llama-tiny", "model");
        byte[] weights = Files.readAllBytes(model.resolve("model.onnx.data"));
        weights[0] ^= 1;
        Files.write(model.resolve("model.onnx.data"), weights);

        CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("back"));

        assertThat(run.err())
                .startsWith("heddle: warning: the weights are not those the model was exported with: its source is"
                        + " sha256:");
        assertThat(run.out()).endsWith("not the source's tensors\n");
    }

    @Test
    void target_withOtherFiles_isNeverReplaced() throws IOException {
        Path model = export("llama-tiny", "model");
        Path back = folder.resolve("back");
        CommandRun.of("convert", model, "-o", back).assertDone();

        CommandRun.of("convert", model, "-o", back)
                .assertFailed(back + ": expected a name that is free, but it exists; give --force to replace it");
        CommandRun.of("convert", model, "-o", back, "--force").assertDone();
        Files.writeString(back.resolve("thesis.txt"), "much work");
        CommandRun.of("convert", model, "-o", back, "--force")
                .assertFailed(back + ": expected a folder with nothing but files that the conversion writes, got one"
                        + " that also holds thesis.txt; move that away or give another name");
        CommandRun.of("convert", model, "-o", model, "--force")
                .assertFailed(model + ": expected a folder apart from the source, but " + model
                        + " has files in it; give another name");
        assertThat(back.resolve("thesis.txt")).hasContent("much work");
    }

    @Test
    void companions_thatAreGone_areMissed() throws IOException {
        Path model = export("llama-tiny", "model");
        Files.delete(model.resolve("generation_config.json"));

        CommandRun.of("convert", model, "-o", folder.resolve("back"))
                .assertFailed(model + ": expected the file generation_config.json beside the model, which the source"
                        + " had, found none; copy it there");
        assertThat(FolderContents.names(folder)).containsExactly("in-model", "model");
    }

    @Test
    void keptFileOfAnotherModel_isRefused() throws IOException {
        Path model = export("llama-tiny", "model");
        Path other = export("diffllama-tiny", "other");
        Files.copy(
                other.resolve("model.onnx.source"),
                model.resolve("model.onnx.source"),
                StandardCopyOption.REPLACE_EXISTING);

        CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("back"));

        assertThat(run.err())
                .matches(
                        "heddle: .*/model.onnx.source: expected bytes as uint8\\[\\d+\\], got uint8\\[\\d+\\]; the file"
                                + " belongs to another model\n");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(FolderContents.names(folder)).doesNotContain("back");
    }

    @Test
    void modelsOfOthers_areRefused() throws IOException {
        Path model = export("llama-tiny", "model");
        Path file = model.resolve("model.onnx");
        Files.write(
                file,
                new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                        .replace("\n\6heddle\u0012", "\n\6weaver\u0012")
                        .getBytes(StandardCharsets.ISO_8859_1));

        CommandRun.of("convert", model, "-o", folder.resolve("back"))
                .assertFailed(
                        file + ": expected a model that says what its source's files were, got one that Heddle did"
                                + " not write; only an export can be converted back");
    }

    @Test
    void configuration_thatIsGone_isMissed() throws IOException {
        Path model = export("llama-tiny", "model");
        Files.delete(model.resolve("config.json"));

        CommandRun.of("convert", model, "-o", folder.resolve("back"))
                .assertFailed(model + ": expected the configuration config.json or params.json beside the model, found"
                        + " none; copy it there");
    }

    private static Object[] withOptions(Path source, Path target, String options) {
        return (source + " -o " + target + " " + options).transform(text -> ("export " + text).split(" "));
    }
}

package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The way back from exports in 16 bits. */
final class NarrowConversionTest {

    private static final List<String> SAMPLES =
            List.of("ram-mta-v1", "ram-mta-v2", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny");

    @TempDir
    private Path folder;

    static Stream<Arguments> narrowTypes() {
        return SAMPLES.stream()
                .flatMap(sample -> Stream.of(
                        Arguments.of(sample, DType.BFLOAT16, "bf16"), Arguments.of(sample, DType.FLOAT16, "fp16")));
    }

    /** Nothing is rounded on the way there, so nothing is missing on the way back, with the option or without. */
    @ParameterizedTest
    @MethodSource("narrowTypes")
    void sourceOfTheModelsType_comesBackFileByFile(String sample, DType dtype, String name) throws IOException {
        Path source = SourceCopy.of(SampleParityTest.SAMPLES.resolve(sample), folder.resolve("source"))
                .written(dtype);
        Path model = folder.resolve("model");
        CommandRun.of("export", source, "-o", model, "--dtype", name).assertDone();

        CommandRun run = CommandRun.of("convert", model, "-o", folder.resolve("back"));
        CommandRun dequantized = CommandRun.of("convert", model, "-o", folder.resolve("values"), "--dequantize");

        run.assertDone();
        assertThat(run.out()).endsWith("every file the same as the source's\n");
        assertThat(FolderContents.of(folder.resolve("back"))).isEqualTo(FolderContents.of(source));
        dequantized.assertDone();
        assertThat(FolderContents.of(folder.resolve("values"))).isEqualTo(FolderContents.of(source));
    }

    /** In the type of the model, or with the option in that of the source: the same numbers. */
    @ParameterizedTest
    @CsvSource({"llama-tiny, fp16, FLOAT16", "diffllama-tiny, bf16, BFLOAT16", "ram-mta-v1, fp16, FLOAT16"})
    void widerSource_comesBackRounded(String sample, String name, DType dtype) throws IOException {
        Path model = ExportedModels.export(sample, folder, "--dtype", name);
        Path stored = folder.resolve("stored");
        Path values = folder.resolve("values");

        CommandRun run = CommandRun.of("convert", model, "-o", stored);
        CommandRun dequantized = CommandRun.of("convert", model, "-o", values, "--dequantize");

        assertThat(run.err())
                .matches(
                        "heddle: warning: \\d+ of \\d+ tensors are not the source's, but rounded to the model's element"
                                + " type, the first of them \\S+\n");
        assertThat(dequantized.err()).isEqualTo(run.err());
        assertThat(SafetensorsParts.metadata(values.resolve("model.safetensors"))
                        .path("heddle")
                        .asText())
                .startsWith(run.err().replace("heddle: warning: ", "").trim());
        try (SourceModel source = SourceModel.open(SampleParityTest.SAMPLES.resolve(sample), Families.all());
                SourceModel narrow = SourceModel.open(stored, Families.all());
                SourceModel wide = SourceModel.open(values, Families.all())) {
            Path rounded = SourceCopy.of(SampleParityTest.SAMPLES.resolve(sample), folder.resolve("rounded"))
                    .written(dtype);
            try (SourceModel expected = SourceModel.open(rounded, Families.all())) {
                for (StoredTensor tensor : source.checkpoint().tensors().values()) {
                    assertThat(tensor(narrow, tensor).dtype()).isEqualTo(dtype);
                    assertThat(tensor(wide, tensor).dtype()).isEqualTo(tensor.dtype());
                    assertThat(values(narrow, tensor)).as(tensor.name()).containsExactly(values(expected, tensor));
                    assertThat(values(wide, tensor)).as(tensor.name()).containsExactly(values(expected, tensor));
                }
            }
        }
    }

    private static StoredTensor tensor(SourceModel model, StoredTensor of) {
        return model.checkpoint().tensors().get(of.name());
    }

    private static double[] values(SourceModel model, StoredTensor of) {
        return new WeightReader(model.checkpoint())
                .doubles(new Weight.Stored(of.name(), of.shape()))
                .data();
    }
}

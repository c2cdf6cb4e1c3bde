package dev.heddle.models.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.models.checkpoint.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceModelTest {

    private static final Path SAMPLES = Path.of("src/test/resources/samples");

    @TempDir
    private Path folder;

    private void copy(String sample) throws IOException {
        try (Stream<Path> files = Files.walk(SAMPLES.resolve(sample))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = folder.resolve(SAMPLES.resolve(sample).relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::open).isInstanceOf(ModelFormatException.class).hasMessage(message);
    }

    private void open() {
        SourceModel.open(folder, Families.all()).close();
    }

    @Test
    void params_besideTheFolderOfTheWeights_areFound() throws IOException {
        copy("ram-mta-v2");
        Files.move(folder.resolve("consolidated/params.json"), folder.resolve("params.json"));

        try (SourceModel model = SourceModel.open(folder, Families.all())) {
            assertThat(model.decoder().family()).isEqualTo("lingua-mta");
            assertThat(model.origin()).isEqualTo(folder.toString());
            assertThat(model.warnings()).isEmpty();
        }
    }

    @Test
    void params_besideTheFolderOfTheWeightsAndInIt_countOnceIfEqual() throws IOException {
        copy("ram-mta-v2");
        Files.copy(folder.resolve("consolidated/params.json"), folder.resolve("params.json"));

        try (SourceModel model = SourceModel.open(folder, Families.all())) {
            assertThat(model.decoder().family()).isEqualTo("lingua-mta");
        }
    }

    @Test
    void params_besideTheFolderOfTheWeightsAndInIt_areRefusedIfTheyDiffer() throws IOException {
        copy("ram-mta-v2");
        String params = Files.readString(folder.resolve("consolidated/params.json"));
        Files.writeString(folder.resolve("params.json"), params.replace("\"dim\": 32", "\"dim\": 64"));

        assertRefused(folder + ": expected one configuration of lingua-mta, baichuan-m1, llama, diffllama, got 2 in"
                + " [params.json: model.dim 64, consolidated/params.json: model.dim 32]");
    }

    @ParameterizedTest
    @CsvSource({
        "llama-tiny, model.safetensors, llama",
        "baichuan-m1-tiny, model.safetensors.index.json, baichuan-m1",
        "ram-mta-v2, consolidated/consolidated.pth, lingua-mta"
    })
    void weightsFile_isReadWithTheConfigurationBesideIt(String sample, String file, String family) throws IOException {
        copy(sample);
        Path weights = folder.resolve(file);
        Files.writeString(weights.resolveSibling("consolidated.safetensors"), "another checkpoint");

        try (SourceModel model = SourceModel.open(weights, Families.all())) {
            assertThat(model.decoder().family()).isEqualTo(family);
            assertThat(model.origin()).isEqualTo(weights.toString());
            assertThat(model.isStored()).isTrue();
        }
    }

    @Test
    void weightsFile_inTheFolderConsolidated_isReadWithTheConfigurationAroundIt() throws IOException {
        copy("ram-mta-v2");
        Files.move(folder.resolve("consolidated/params.json"), folder.resolve("params.json"));

        try (SourceModel model = SourceModel.open(folder.resolve("consolidated/consolidated.pth"), Families.all())) {
            assertThat(model.decoder().family()).isEqualTo("lingua-mta");
        }
    }

    @Test
    void weightsFile_withoutAConfiguration_isRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("model.safetensors"));

        assertThatThrownBy(() -> SourceModel.open(file, Families.all()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": expected config.json or params.json beside it, found none of them");
    }

    @Test
    void huggingFaceConfiguration_besideAFolderConsolidated_takesTheWeightsBesideIt() throws IOException {
        copy("llama-tiny");
        Files.createDirectory(folder.resolve("consolidated"));

        try (SourceModel model = SourceModel.open(folder, Families.all())) {
            assertThat(model.decoder().family()).isEqualTo("llama");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "baichuan-m1-tiny"})
    void snapshotOfAHubCache_whereEveryFileIsALink_isRead(String sample) throws IOException {
        Path blobs = Files.createDirectory(folder.resolve("blobs"));
        Path snapshot = Files.createDirectories(folder.resolve("snapshots/0a1b"));
        try (Stream<Path> files = Files.list(SAMPLES.resolve(sample))) {
            for (Path file : files.toList()) {
                Path blob = blobs.resolve(Integer.toHexString(file.hashCode()));
                Files.copy(file, blob);
                Files.createSymbolicLink(
                        snapshot.resolve(file.getFileName()),
                        Path.of("../../blobs").resolve(blob.getFileName()));
            }
        }

        try (SourceModel model = SourceModel.open(snapshot, Families.all())) {
            assertThat(model.checkpoint().tensors()).isNotEmpty();
        }
    }

    @Test
    void folderThatIsNotThere_isNamed() {
        Path nowhere = folder.resolve("nowhere");

        assertThatThrownBy(() -> SourceModel.open(nowhere, Families.all()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(nowhere + ": expected a checkpoint folder or file, found none");
    }

    @Test
    void folderWithoutAConfiguration_isRefused() {
        assertThatThrownBy(this::open)
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(
                        folder + ": expected config.json, params.json or consolidated/params.json, found none of them");
    }

    @Test
    void configurationThatIsNotJson_isRefused() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{");

        assertThatThrownBy(this::open)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(folder.resolve("config.json") + ": expected JSON, got a syntax error: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"dim\": 1, \"dim\": 2}", "{} {}"})
    void configurationThatSaysTwoThings_isRefused(String text) throws IOException {
        Files.writeString(folder.resolve("config.json"), text);

        assertThatThrownBy(this::open)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(folder.resolve("config.json") + ": expected JSON, got a syntax error: ");
    }

    @Test
    void configurationOfNoFamily_isRefused() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"mamba\"}");

        assertThatThrownBy(this::open)
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(
                        folder + ": expected one configuration of lingua-mta, baichuan-m1, llama, diffllama, got none"
                                + " in [config.json: model_type \"mamba\"]");
    }

    @Test
    void tensorsThatDoNotFit_areNamed() throws IOException {
        copy("llama-tiny");
        Path config = folder.resolve("config.json");
        Files.writeString(
                config, Files.readString(config).replace("\"intermediate_size\": 48", "\"intermediate_size\": 40"));

        assertThatThrownBy(this::open)
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("model.safetensors: tensor model.layers.0.mlp.down_proj.weight: expected shape [32,40], got"
                        + " [32,48] (and 5 more tensors do not fit)");
    }
}

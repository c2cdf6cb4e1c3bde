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
    void folderThatIsNotThere_isNamed() {
        Path nowhere = folder.resolve("nowhere");

        assertThatThrownBy(() -> SourceModel.open(nowhere, Families.all()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(nowhere + ": expected a checkpoint folder, found none");
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

    @Test
    void configurationOfNoFamily_isRefused() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"mamba\"}");

        assertThatThrownBy(this::open)
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(
                        folder + ": expected one configuration of lingua-mta, baichuan-m1, llama, diffllama, got none"
                                + " in [config.json]");
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

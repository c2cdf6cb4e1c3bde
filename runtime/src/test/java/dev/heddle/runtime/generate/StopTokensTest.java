package dev.heddle.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StopTokensTest {
    @TempDir
    private Path folder;

    @Test
    void number_isOneToken() throws IOException {
        write("config.json", "{\"eos_token_id\": 7}");

        assertThat(StopTokens.of(folder)).containsExactly(7L);
    }

    @Test
    void list_isSeveralTokens() throws IOException {
        write("config.json", "{\"eos_token_id\": [128001, 128009]}");

        assertThat(StopTokens.of(folder)).containsExactly(128001L, 128009L);
    }

    @Test
    void generationConfig_winsOverConfig() throws IOException {
        write("config.json", "{\"eos_token_id\": 7}");
        write("generation_config.json", "{\"eos_token_id\": 8}");

        assertThat(StopTokens.of(folder)).containsExactly(8L);
    }

    @ParameterizedTest
    @CsvSource({"{}", "{\"eos_token_id\": null}", "{\"eos_token_id\": []}"})
    void generationConfigWithoutIt_leavesItToConfig(String content) throws IOException {
        write("config.json", "{\"eos_token_id\": 7}");
        write("generation_config.json", content);

        assertThat(StopTokens.of(folder)).containsExactly(7L);
    }

    @Test
    void noFiles_giveNone() {
        assertThat(StopTokens.of(folder)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"\"</s>\"", "[1,\"2\"]", "1.5"})
    void otherValue_isRefused(String value) throws IOException {
        Path file = write("config.json", "{\"eos_token_id\": " + value + "}");

        assertThatThrownBy(() -> StopTokens.of(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": eos_token_id must be a whole number or a list of them, got " + value);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }
}

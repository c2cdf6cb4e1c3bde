package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.exporter.graph.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an export says to ONNX Runtime GenAI, and for which models it says nothing. */
final class GenAiConfigTest {

    private static final Path SAMPLES = Path.of("../models/src/test/resources/samples");

    @TempDir
    private Path folder;

    /** Names and settings as the library's src/config.h has them; its own builder writes the same fields. */
    @Test
    void llama_isDescribed() throws IOException {
        Path model = ExportedModels.export("llama-tiny", folder);

        assertThat(new ObjectMapper()
                        .readTree(model.resolve("genai_config.json").toFile()))
                .isEqualTo(new ObjectMapper().readTree("""
                        {"model": {"bos_token_id": 1, "context_length": 128,
                          "decoder": {"session_options": {"provider_options": []}, "filename": "model.onnx",
                            "head_size": 8, "hidden_size": 32,
                            "inputs": {"input_ids": "input_ids", "attention_mask": "attention_mask",
                              "position_ids": "position_ids", "past_key_names": "past_key_values.%d.key",
                              "past_value_names": "past_key_values.%d.value"},
                            "outputs": {"logits": "logits", "present_key_names": "present.%d.key",
                              "present_value_names": "present.%d.value"},
                            "num_attention_heads": 4, "num_hidden_layers": 2, "num_key_value_heads": 2},
                          "eos_token_id": 2, "pad_token_id": 2, "type": "llama", "vocab_size": 40},
                         "search": {"do_sample": false, "early_stopping": true, "length_penalty": 1.0, "min_length": 0,
                          "num_beams": 1, "num_return_sequences": 1, "repetition_penalty": 1.0, "temperature": 1.0,
                          "top_k": 50, "top_p": 1.0, "max_length": 128, "past_present_share_buffer": false}}
                        """));
    }

    @Test
    void generationConfig_isHeard() throws IOException {
        Path checkpoint = SourceCopy.of(SAMPLES.resolve("diffllama-tiny"), folder.resolve("source"))
                .written(DType.FLOAT32);
        Files.writeString(
                checkpoint.resolve("generation_config.json"),
                "{\"eos_token_id\": [7, 8], \"do_sample\": true, \"temperature\": 0.6, \"top_p\": 0.9}");
        CommandRun.of("export", checkpoint, "-o", folder.resolve("model")).assertDone();

        assertThat(folder.resolve("model/genai_config.json"))
                .content()
                .contains("\"eos_token_id\" : [ 7, 8 ]")
                .contains("\"pad_token_id\" : 7")
                .contains("\"type\" : \"decoder\"")
                .contains("\"do_sample\" : true")
                .contains("\"temperature\" : 0.6")
                .contains("\"top_p\" : 0.9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llama-tiny | --cache none | it needs the cache dynamic, the model has none",
                "llama-tiny | --cache static --max-len 8 | it needs the cache dynamic, the model has static",
                "ram-mta-v2 | --opset 23 | it keeps a key and a value for every token, layer 1 also has state query",
                "baichuan-m1-tiny | --opset 23 | it keeps a key and a value for every token, layer 0 also has state"
                        + " last_key"
            })
    void otherModels_areNotDescribed_andSayWhy(String sample, String options, String reason) throws IOException {
        Path model = ExportedModels.export(sample, folder, (Object[]) options.split(" "));

        assertThat(FolderContents.names(model)).doesNotContain("genai_config.json");
        CommandRun run = CommandRun.of("inspect", model);
        run.assertDone();
        assertThat(run.out()).contains("\ngenai       none: " + reason + "\n");
    }

    @Test
    void inspect_namesTheFile() {
        Path model = ExportedModels.export("llama-tiny", folder);

        assertThat(CommandRun.of("inspect", model).out()).contains("\ngenai       genai_config.json\n");
    }
}

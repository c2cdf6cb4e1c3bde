package dev.heddle.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exports of checkpoints whose configuration is not as it should be. */
final class BrokenConfigurationTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"hidden_size\": 32 | \"hidden\": 32"
                        + " | hidden_size: expected a whole number of at least 1, got nothing; correct the file",
                "\"num_key_value_heads\": 2 | \"num_key_value_heads\": 3"
                        + " | num_key_value_heads: expected a divisor of num_attention_heads 4, got 3; correct the file",
                "\"mlp_bias\": false | \"attention_chunk_size\": 16 | attention_chunk_size: expected only fields whose"
                        + " meaning is known, got 16; it may change what the model computes",
                "\"silu\" | \"gelu\" | hidden_act: expected silu, got \"gelu\"; another value is not supported",
                "\"hidden_size\": 32 | \"hidden_size\": 1e400"
                        + " | hidden_size: expected a whole number of at least 1, got \"Infinity\"; correct the file",
                "\"rms_norm_eps\": 1e-06 | \"rms_norm_eps\": -1"
                        + " | rms_norm_eps: expected a number above 0, got -1; correct the file",
            })
    void config_thatDoesNotFit_isRefused(String right, String wrong, String problem) throws IOException {
        ExportTrial trial = ExportTrial.of("llama-tiny", folder);
        trial.replace("config.json", right, wrong);

        trial.assertFails("config.json: " + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"key_kernel_size\": 11, | \"key_kernel_size\": 10, \"pad_key\": \"both\","
                        + " | mta.key_kernel_size: expected an odd number with pad_key both, got 10; the source"
                        + " refuses such a kernel",
                "\"n_heads\": 4 | \"n_heads\": 5 | n_heads: expected a divisor of dim 32, got 5; correct the file",
                "\"head_kernel_size\": 4 | \"head_kernel_size\": 3"
                        + " | mta.head_kernel_size: expected a divisor of n_heads 4, got 3; correct the file",
                "\"gate_1d\": true | \"gate_2d\": true | mta.gate_2d: expected only fields whose meaning is known, got"
                        + " true; it may change what the model computes",
            })
    void params_thatDoNotFit_areRefused(String right, String wrong, String problem) throws IOException {
        ExportTrial trial = ExportTrial.of("ram-mta-v2", folder);
        trial.replace("consolidated/params.json", right, wrong);

        trial.assertFails("params.json: model." + problem);
    }

    @Test
    void config_ofAnUnknownFamily_isRefused() throws IOException {
        ExportTrial trial = ExportTrial.of("llama-tiny", folder);
        trial.replace("config.json", "\"llama\"", "\"mamba\"");

        trial.assertFails(trial.source() + ": expected one configuration of lingua-mta, baichuan-m1, llama, diffllama,"
                + " got none in [config.json: model_type \"mamba\"]");
    }

    @Test
    void config_ofAnotherKindOfJson_isRefused() throws IOException {
        ExportTrial trial = ExportTrial.of("llama-tiny", folder);
        Files.writeString(trial.file("config.json"), "[]");

        trial.assertFails(trial.source() + ": expected one configuration of lingua-mta, baichuan-m1, llama, diffllama,"
                + " got none in [config.json: no JSON object but array]");
    }

    @Test
    void config_withANumberThatJsonHasNot_isRefusedInTheFormatsWords() throws IOException {
        ExportTrial trial = ExportTrial.of("llama-tiny", folder);
        Files.writeString(trial.file("config.json"), "{\"rms_norm_eps\": NaN}");

        trial.assertFails(trial.file("config.json") + ": expected JSON, got a syntax error: Non-standard token 'NaN'");
    }

    @Test
    void config_thatIsNotJson_isRefused() throws IOException {
        ExportTrial trial = ExportTrial.of("llama-tiny", folder);
        Files.writeString(trial.file("config.json"), "{\"model_type\": llama}");

        trial.assertFails(trial.file("config.json") + ": expected JSON, got a syntax error: Unrecognized token 'llama':"
                + " was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')");
    }

    @Test
    void config_thatIsMissing_isNamed() throws IOException {
        ExportTrial trial = ExportTrial.of("llama-tiny", folder);
        Files.delete(trial.file("config.json"));

        trial.assertFails(
                trial.source() + ": expected config.json, params.json or consolidated/params.json, found none of them");
    }

    @Test
    void source_thatDoesNotExist_isNamed() throws IOException {
        ExportTrial trial = ExportTrial.of("llama-tiny", folder);
        Path nowhere = folder.resolve("nowhere");

        CommandRun run = CommandRun.of("export", nowhere, "-o", trial.target());

        run.assertFailed(nowhere + ": expected a checkpoint folder or file, found none");
    }
}

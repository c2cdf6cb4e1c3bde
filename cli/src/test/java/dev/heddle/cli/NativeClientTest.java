package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The native library in a client that is not the JVM. */
@Tag("native")
final class NativeClientTest {

    @TempDir
    private Path folder;

    /** Between them, these models have nodes of all our native operators. */
    @ParameterizedTest
    @ValueSource(strings = {"ram-mta-v2", "baichuan-m1-tiny"})
    void clientInC_computesWhatTheRuntimeDoes(String sample) throws IOException, InterruptedException {
        NativeClient client = NativeClient.in(folder);
        Path model = ExportedModels.export(sample, folder, "--cache", "none");
        Map<String, HostTensor> inputs = SixTokens.inputs();

        CommandRun run = client.run(model, inputs, answer(model, inputs), Map.of());

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("after 1 sessions: largest difference 0, ");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void clientInC_givenAnotherAnswer_fails() throws IOException, InterruptedException {
        NativeClient client = NativeClient.in(folder);
        Path model = ExportedModels.export("ram-mta-v2", folder, "--cache", "none");
        Map<String, HostTensor> inputs = SixTokens.inputs();
        Map<String, HostTensor> answer = answer(model, inputs);
        HostTensor logits = answer.get("logits");
        logits.floats().put(5, logits.floats().get(5) + 0.5f);

        CommandRun run = client.run(model, inputs, answer, Map.of());

        assertThat(run.out()).startsWith("after 1 sessions: largest difference 0.5, ");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    /** So it is the library that computes: a function body would know nothing of this. */
    @Test
    void clientInC_isToldThatAnInstructionSetIsUnknown() throws IOException, InterruptedException {
        NativeClient client = NativeClient.in(folder);
        Path model = ExportedModels.export("ram-mta-v2", folder, "--cache", "none");

        CommandRun run = client.run(model, SixTokens.inputs(), Map.of(), Map.of("HEDDLE_INSTRUCTION_SET", "sse9"));

        assertThat(run.err())
                .startsWith("client: registering: HEDDLE_INSTRUCTION_SET: expected one that this machine has");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    private static Map<String, HostTensor> answer(Path model, Map<String, HostTensor> inputs) {
        SessionOptions options = SessionOptions.builder().ops(OpsMode.NATIVE).build();
        try (ModelSession session = ModelSession.open(model, options)) {
            return Map.of("logits", session.run(inputs).get("logits"));
        }
    }
}

package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.RuntimeFailure;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IsolatedModelTest {

    private static final TokenBlock TOKENS = TokenBlock.of(1, 2, 3, 4, 5);

    @TempDir
    private static Path models;

    private static Path model;

    @BeforeAll
    static void exportModel() {
        model = ExportedModels.export("llama-tiny", models);
    }

    private static IsolatedModel isolated(List<String> program, ChunkSizes chunks) {
        return new IsolatedModel(program, model.toString(), SessionOptions.defaults(), chunks);
    }

    @Test
    void logits_ofAnotherProcess_areTheSame() throws IOException {
        HostTensor logits =
                isolated(ChildProcess.thisProgram(), ChunkSizes.of(3, 1)).logits(TOKENS);

        try (ModelSession session = ModelSession.open(model, SessionOptions.defaults())) {
            HostTensor here = new Forward(Decoder.of(session)).logits(TOKENS, ChunkSizes.of(3, 1));
            assertThat(logits.bytes()).isEqualTo(here.bytes());
        }
    }

    @Test
    void crash_isAFindingAndNotTheEnd() {
        IsolatedModel crashing = isolated(List.of("bash", "-c", "echo half way; kill -SEGV $$"), ChunkSizes.whole());

        assertThatThrownBy(() -> crashing.logits(TOKENS))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("running " + model + " in a process of its own: expected an exit, got signal 11: half way");
    }

    @Test
    void failure_isToldInItsOwnWords() {
        IsolatedModel failing = new IsolatedModel(
                ChildProcess.thisProgram(), "no-such-model", SessionOptions.defaults(), ChunkSizes.whole());

        assertThatThrownBy(() -> failing.logits(TOKENS))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("running no-such-model in a process of its own: exit code 1: heddle: no-such-model:"
                        + " expected a model folder or an .onnx file, found nothing");
    }
}

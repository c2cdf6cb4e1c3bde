package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsLibrary;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening, running and closing 200 sessions leaves the memory of a process as it was after the first 50. */
@Tag("native")
final class SessionMemoryTest {

    private static final int SESSIONS = 200;
    private static final int LEAK = 64 << 10;

    /** Growth over 150 sessions was 0.1 MiB when this was written; 7 KiB lost by each would be more than this. */
    private static final long CLIENT_LIMIT_KIB = 1 << 10;

    /** It was 1.2 MiB, of which the JVM itself takes a part; 34 KiB lost by each would be more than this. */
    private static final long JVM_LIMIT_KIB = 5 << 10;

    private static final Pattern LINE = Pattern.compile("after (\\d+) sessions: .*resident (\\d+) KiB");

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void exportModel() {
        assumeTrue(
                OpsLibrary.installed().locate().isPresent(),
                "libheddle_ops was not built on this machine: no C++ compiler or no cmake");
        model = ExportedModels.export("ram-mta-v2", folder, "--cache", "none");
    }

    @Test
    void sessionsOfAClientInC_giveAllMemoryBack() throws IOException, InterruptedException {
        assertThat(clientGrowthKib(0)).isLessThan(CLIENT_LIMIT_KIB);
    }

    @Test
    void leakInAClientInC_isSeen() throws IOException, InterruptedException {
        assertThat(clientGrowthKib(LEAK)).isGreaterThan(CLIENT_LIMIT_KIB);
    }

    @Test
    void sessionsOfTheRuntime_giveAllMemoryBack() throws IOException, InterruptedException {
        assertThat(jvmGrowthKib(0)).isLessThan(JVM_LIMIT_KIB);
    }

    @Test
    void leakInTheRuntime_isSeen() throws IOException, InterruptedException {
        assertThat(jvmGrowthKib(LEAK)).isGreaterThan(JVM_LIMIT_KIB);
    }

    private long clientGrowthKib(int leak) throws IOException, InterruptedException {
        NativeClient client = NativeClient.in(folder);
        Map<String, HostTensor> answer;
        try (ModelSession session = ModelSession.open(model, SessionOptions.defaults())) {
            answer = Map.of("logits", session.run(SixTokens.inputs()).get("logits"));
        }
        return growthKib(client.run(model, SixTokens.inputs(), answer, Map.of(), SESSIONS, leak));
    }

    private long jvmGrowthKib(int leak) throws IOException, InterruptedException {
        return growthKib(HeddleProcess.start("exec \"$@\"", SessionLoop.class, Map.of(), model, SESSIONS, leak)
                .finish());
    }

    private static long growthKib(CommandRun run) {
        run.assertDone();
        List<MatchResult> lines = LINE.matcher(run.out()).results().toList();
        assertThat(lines).extracting(line -> line.group(1)).containsExactly("50", "100", "150", "200");
        return Long.parseLong(lines.get(3).group(2))
                - Long.parseLong(lines.get(0).group(2));
    }
}

package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.runtime.session.OpsLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice of an instruction set, through ONNX Runtime in a process of its own. */
@Tag("native")
final class InstructionSetTest {

    private static final String VARIABLE = "HEDDLE_INSTRUCTION_SET";

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsTheLibrary() {
        assumeTrue(
                OpsLibrary.installed().locate().isPresent(),
                "libheddle_ops was not built on this machine: no C++ compiler or no cmake");
    }

    @Test
    void portableAndAvx2_areCloseToTheReferenceAndNotTheSame() throws IOException, InterruptedException {
        assumeTrue(Files.readString(Path.of("/proc/cpuinfo")).contains(" avx2 "), "this machine has no AVX2");

        CommandRun portable = run("portable");
        CommandRun avx2 = run("avx2");

        assertThat(portable.out()).isNotEqualTo(avx2.out());
    }

    private CommandRun run(String set) throws IOException, InterruptedException {
        CommandRun run = run(set, "MULTI_TOKEN", "MULTI_TOKEN_OF_ODD_PARTS", "EVERYTHING_IN_A_WINDOW");
        run.assertDone();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(3).allMatch(line -> line.contains(" close "));
        return run;
    }

    @Test
    void unknownSet_isRefused() throws IOException, InterruptedException {
        CommandRun run = run("sse9", "MULTI_TOKEN");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("HEDDLE_INSTRUCTION_SET: expected one that this machine has (portable")
                .contains("), got sse9; unset it to take the best");
    }

    @Test
    void doctor_tellsOfAnUnknownSet() throws IOException, InterruptedException {
        CommandRun run = HeddleProcess.start("exec \"$@\"", Heddle.class, Map.of(VARIABLE, "sse9"), "doctor")
                .finish();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .containsPattern("(?m)^fail +native operators +registering .*: HEDDLE_INSTRUCTION_SET: expected one");
    }

    private CommandRun run(String set, String... samples) throws IOException, InterruptedException {
        Object[] arguments = new Object[samples.length + 1];
        arguments[0] = Files.createDirectory(folder.resolve(set));
        System.arraycopy(samples, 0, arguments, 1, samples.length);
        return HeddleProcess.start("exec \"$@\"", NativeFormRun.class, Map.of(VARIABLE, set), arguments)
                .finish();
    }
}

package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real program in a process of its own, under a shell that can limit it. */
final class HeddleProcess {

    private static final long LIMIT_SECONDS = 60;

    private final Process process;

    private HeddleProcess(Process process) {
        this.process = process;
    }

    /** @param shell what the shell is to do; {@code "$@"} stands for the program with its arguments */
    static HeddleProcess start(String shell, Object... arguments) throws IOException {
        return start(shell, Heddle.class, Map.of(), arguments);
    }

    /** Another program on the same class path, with more in its environment. */
    static HeddleProcess start(String shell, Class<?> program, Map<String, String> environment, Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("bash", "-c", shell, "bash"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        // The texts of the system are part of what is compared.
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(environment);
        return new HeddleProcess(builder.start());
    }

    /** To end it with; unlike the process itself it leaves the output readable. */
    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Waits for its end; what it prints must be little. */
    CommandRun finish() throws IOException, InterruptedException {
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new CommandRun(
                process.exitValue(),
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8),
                new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }
}

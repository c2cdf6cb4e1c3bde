package dev.heddle.cli;

import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.runtime.RuntimeFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A process that has ended.
 *
 * @param said what it wrote to standard output
 * @param complained what it wrote to standard error
 */
record ChildProcess(int code, String said, String complained) {

    /** Exit codes of processes that a signal ended are this and the signal's number. */
    private static final int SIGNALLED = 128;

    /** This program once more; arguments follow. */
    static List<String> thisProgram() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Heddle.class.getName());
    }

    /** Starts a program and waits for its end. */
    static ChildProcess run(List<String> command) throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create("heddle-process")) {
            Path said = folder.path().resolve("said");
            Path complained = folder.path().resolve("complained");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(said.toFile()).redirectError(complained.toFile());
            builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
            int code = wait(builder.start());
            return new ChildProcess(code, text(said), text(complained));
        }
    }

    private static int wait(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new RuntimeFailure("interrupted while another process ran a model");
        }
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    /** Whether a signal ended it, as the crash of native code does. */
    boolean crashed() {
        return code > SIGNALLED;
    }

    /** How it ended and what it said last. */
    String ending() {
        String how = crashed() ? "expected an exit, got signal " + (code - SIGNALLED) : "exit code " + code;
        List<String> lines =
                (said + complained).lines().filter(line -> !line.isBlank()).toList();
        return how + ": " + (lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1));
    }
}

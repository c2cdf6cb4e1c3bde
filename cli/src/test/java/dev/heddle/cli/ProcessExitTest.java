package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class ProcessExitTest {

    private final StringWriter err = new StringWriter();
    private final CommandLine heddle = Heddle.commandLine().setErr(new PrintWriter(err, true));

    private static OutputStream failing(String reason) {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException(reason);
            }
        };
    }

    @Test
    void output_isPrinted() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        int exitCode = ProcessExit.of(heddle, out, "--version");

        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("heddle ");
        assertThat(exitCode).isZero();
    }

    @Test
    void output_toAReaderThatHasGone_isNoFailure() {
        int exitCode = ProcessExit.of(heddle, failing("Broken pipe"), "presets");

        assertThat(err).hasToString("");
        assertThat(exitCode).isZero();
    }

    @Test
    void output_toAFullDisk_isAFailure() {
        int exitCode = ProcessExit.of(heddle, failing("No space left on device"), "presets");

        assertThat(err).hasToString("heddle: standard output: cannot be written: No space left on device\n");
        assertThat(exitCode).isEqualTo(1);
    }

    @Test
    void failure_keepsItsExitCode() {
        int exitCode = ProcessExit.of(heddle, failing("No space left on device"), "no-command");

        assertThat(exitCode).isEqualTo(2);
    }
}

package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import picocli.CommandLine;

/** One call of the command line in this process, and what it printed. */
record CommandRun(int exitCode, String out, String err) {

    static CommandRun of(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine heddle =
                Heddle.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int exitCode =
                heddle.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new CommandRun(exitCode, out.toString(), err.toString());
    }

    /** It did what it was told, and had nothing to complain of. */
    void assertDone() {
        assertThat(err).isEmpty();
        assertThat(exitCode).isZero();
    }

    /** It failed with this one line and printed nothing else. */
    void assertFailed(String line) {
        assertThat(err).isEqualTo("heddle: " + line + "\n");
        assertThat(out).isEmpty();
        assertThat(exitCode).isEqualTo(1);
    }

    /** It was called in a wrong way, said so in this one line and printed nothing else. */
    void assertMisused(String line) {
        assertThat(err).isEqualTo("heddle: " + line + "\n");
        assertThat(out).isEmpty();
        assertThat(exitCode).isEqualTo(2);
    }
}

package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.runtime.RuntimeFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

final class ErrorLineTest {

    private final StringWriter err = new StringWriter();

    private int print(Throwable problem, boolean stacktrace) {
        return ErrorLine.print(problem, new PrintWriter(err), stacktrace);
    }

    static Stream<Arguments> problems() {
        return Stream.of(
                Arguments.of(new IllegalArgumentException("a: expected b, got c"), "a: expected b, got c"),
                Arguments.of(new GraphException("in a graph"), "in a graph"),
                Arguments.of(new RuntimeFailure("two\n  lines"), "two lines"),
                Arguments.of(new UncheckedIOException(new IOException("x")), "input or output failed: x"),
                Arguments.of(
                        new AccessDeniedException("f"), "f: expected to be allowed to use it, but access was denied"),
                Arguments.of(new FileSystemException("f", null, "Input/output error"), "f: Input/output error"),
                Arguments.of(
                        new OutOfMemoryError("Java heap space"),
                        "out of memory (Java heap space); give Java more, for instance HEDDLE_JAVA_OPTS=-Xmx8g"),
                Arguments.of(
                        new InternalError("a fault occurred in a recent unsafe memory access operation"),
                        "a file became shorter or unreadable while it was read; see that nothing writes to the source"),
                Arguments.of(
                        new IllegalStateException("not\r\nopen"),
                        "a bug in Heddle: java.lang.IllegalStateException: not open"),
                Arguments.of(new IllegalArgumentException(), "a bug in Heddle: java.lang.IllegalArgumentException"),
                Arguments.of(
                        new NumberFormatException("For input string: \"x\""),
                        "a bug in Heddle: java.lang.NumberFormatException: For input string: \"x\""),
                Arguments.of(new StackOverflowError(), "a bug in Heddle: java.lang.StackOverflowError"),
                Arguments.of(new AssertionError("no"), "a bug in Heddle: java.lang.AssertionError: no"));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void problem_isPrintedOnOneLine(Throwable problem, String line) {
        int exitCode = print(problem, false);

        assertThat(err).hasToString("heddle: " + line + "\n");
        assertThat(exitCode).isEqualTo(1);
    }

    @Test
    void stackTrace_ifWanted_followsTheLine() {
        print(new IllegalStateException("x"), true);

        assertThat(err.toString())
                .startsWith("heddle: a bug in Heddle: java.lang.IllegalStateException: x\n"
                        + "java.lang.IllegalStateException: x\n\tat dev.heddle.cli.ErrorLineTest.");
    }

    /** As a command that runs out of memory. */
    @Command(name = "greedy")
    private static final class Greedy implements Runnable {
        @Override
        public void run() {
            throw new OutOfMemoryError("Java heap space");
        }
    }

    @Test
    void error_ofTheVirtualMachine_isPrintedOnOneLineToo() {
        int exitCode = Heddle.commandLine()
                .addSubcommand(new Greedy())
                .setErr(new PrintWriter(err))
                .execute("greedy");

        assertThat(err)
                .hasToString("heddle: out of memory (Java heap space); give Java more, for instance"
                        + " HEDDLE_JAVA_OPTS=-Xmx8g\n");
        assertThat(exitCode).isEqualTo(1);
    }

    @Test
    void stackTraceOption_beforeOrAfterTheCommand_printsIt() {
        assertThat(CommandRun.of("--stacktrace", "inspect", "nowhere").err()).contains("\n\tat dev.heddle.");
        assertThat(CommandRun.of("inspect", "nowhere", "--stacktrace").err()).contains("\n\tat dev.heddle.");
        assertThat(CommandRun.of("inspect", "nowhere").err()).doesNotContain("\n\tat ");
    }
}

package dev.heddle.cli;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.onnx.UnwritableFileException;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.runtime.RuntimeFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import picocli.CommandLine.ExitCode;

/** Turns what was thrown into the one line that a user sees. */
final class ErrorLine {

    private ErrorLine() {}

    /** @return the exit code */
    static int print(Throwable problem, PrintWriter err, boolean stacktrace) {
        err.println("heddle: " + oneLine(text(problem)));
        if (stacktrace) {
            problem.printStackTrace(err);
        }
        err.flush();
        return ExitCode.SOFTWARE;
    }

    static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static String text(Throwable problem) {
        if (problem instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            return text(unchecked.getCause());
        }
        if (problem instanceof IOException io) {
            return text(io);
        }
        if (problem instanceof OutOfMemoryError full) {
            return "out of memory (" + full.getMessage() + "); give Java more, for instance HEDDLE_JAVA_OPTS=-Xmx8g";
        }
        if (problem instanceof InternalError fault && isLostMapping(fault)) {
            return "a file became shorter or unreadable while it was read; see that nothing writes to the source";
        }
        return isExpected(problem) ? String.valueOf(problem.getMessage()) : "a bug in Heddle: " + problem;
    }

    private static String text(IOException problem) {
        if (problem instanceof UnwritableFileException) {
            return String.valueOf(problem.getMessage());
        }
        if (!(problem instanceof FileSystemException file)) {
            return "input or output failed: " + problem.getMessage();
        }
        if (file instanceof FileAlreadyExistsException) {
            return file.getFile() + ": expected a name that is free, but it exists; give --force to replace it";
        }
        if (file instanceof NoSuchFileException) {
            return file.getFile() + ": expected a file or folder, but there is none of this name";
        }
        if (file instanceof AccessDeniedException) {
            return file.getFile() + ": expected to be allowed to use it, but access was denied";
        }
        if (file instanceof NotDirectoryException) {
            return file.getFile() + ": expected a folder, got a file";
        }
        return String.valueOf(file.getMessage());
    }

    /** How the JVM reports that a mapped file has no byte any more where one is read. */
    private static boolean isLostMapping(InternalError problem) {
        return problem.getMessage() != null && problem.getMessage().contains("unsafe memory access");
    }

    private static boolean isExpected(Throwable problem) {
        boolean known = problem instanceof ModelFormatException
                || problem instanceof dev.heddle.runtime.ModelFormatException
                || problem instanceof RuntimeFailure
                || problem instanceof GraphException
                // Not its subclasses: a NumberFormatException, for instance, is a case that nobody thought of.
                || problem.getClass() == IllegalArgumentException.class;
        return known && problem.getMessage() != null;
    }
}

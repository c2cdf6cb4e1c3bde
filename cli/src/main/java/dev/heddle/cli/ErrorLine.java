package dev.heddle.cli;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.runtime.RuntimeFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import picocli.CommandLine.ExitCode;

/** Turns an exception into the one line that a user sees. */
final class ErrorLine {

    private ErrorLine() {}

    /** @return the exit code */
    static int print(Exception problem, PrintWriter err, boolean stacktrace) {
        err.println("heddle: " + text(problem).replaceAll("\\R+", " "));
        if (stacktrace) {
            problem.printStackTrace(err);
        }
        err.flush();
        return ExitCode.SOFTWARE;
    }

    private static String text(Exception problem) {
        if (problem instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            return text(unchecked.getCause());
        }
        if (problem instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + ": expected a name that is free, but it exists; give --force to replace it";
        }
        if (problem instanceof NoSuchFileException missing) {
            return missing.getFile() + ": expected a file or folder, but there is none of this name";
        }
        if (problem instanceof AccessDeniedException denied) {
            return denied.getFile() + ": expected to be allowed to use it, but access was denied";
        }
        if (problem instanceof NotDirectoryException file) {
            return file.getFile() + ": expected a folder, got a file";
        }
        if (problem instanceof IOException io) {
            return "input or output failed: " + io.getMessage();
        }
        return isExpected(problem) ? String.valueOf(problem.getMessage()) : "a bug in Heddle: " + problem;
    }

    private static boolean isExpected(Exception problem) {
        return problem instanceof ModelFormatException
                || problem instanceof dev.heddle.runtime.ModelFormatException
                || problem instanceof RuntimeFailure
                || problem instanceof GraphException
                || problem instanceof IllegalArgumentException;
    }
}

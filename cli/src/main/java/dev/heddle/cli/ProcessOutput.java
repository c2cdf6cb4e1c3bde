package dev.heddle.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers how it failed, which a {@link java.io.PrintWriter} hides. */
final class ProcessOutput extends FilterOutputStream {

    private @Nullable IOException failure;

    ProcessOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        try {
            out.write(bytes, offset, count);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** True if output was lost that somebody wanted: not where the reader of a pipe has gone, as with {@code | head -1}. */
    boolean isLost() {
        return failure != null && !isBrokenPipe(failure);
    }

    /** Why it failed; empty if it did not. */
    String reason() {
        return failure == null ? "" : String.valueOf(failure.getMessage());
    }

    private static boolean isBrokenPipe(IOException problem) {
        return String.valueOf(problem.getMessage()).contains("Broken pipe");
    }
}

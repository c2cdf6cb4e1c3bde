package dev.heddle.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The most memory that this process had in RAM since a moment; Linux only. */
final class PeakMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RESET = Path.of("/proc/self/clear_refs");

    private final long before;

    private PeakMemory(long before) {
        this.before = before;
    }

    /** From now on. */
    static PeakMemory start() throws IOException {
        // 5 sets VmHWM back to VmRSS; see proc(5).
        Files.writeString(RESET, "5", StandardOpenOption.WRITE);
        return new PeakMemory(bytes("VmRSS:"));
    }

    /** Bytes above what the process had at the start. */
    long growth() throws IOException {
        return bytes("VmHWM:") - before;
    }

    /** A line of the process' status, for instance {@code VmRSS:}; see proc(5). */
    static long bytes(String field) throws IOException {
        String line = Files.readAllLines(STATUS).stream()
                .filter(candidate -> candidate.startsWith(field))
                .findFirst()
                .orElseThrow(() -> new IOException(STATUS + ": expected a line " + field));
        return 1024 * Long.parseLong(line.split("\\s+")[1]);
    }
}

package dev.heddle.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The most memory in use from the start to the end of something, looked at every few milliseconds; Linux only. */
final class MemoryPeak implements AutoCloseable {

    static final int INTERVAL_MILLIS = 20;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "memory-peak");
        thread.setDaemon(true);
        return thread;
    });
    private volatile long heapBytes;
    private volatile long anonymousBytes;

    private MemoryPeak() {}

    /** @throws IOException if this system does not say */
    static MemoryPeak start() throws IOException {
        MemoryPeak peak = new MemoryPeak();
        peak.look();
        peak.clock.scheduleAtFixedRate(peak::lookAgain, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        return peak;
    }

    private void look() throws IOException {
        heapBytes = Math.max(
                heapBytes,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        anonymousBytes = Math.max(anonymousBytes, PeakMemory.bytes("RssAnon:"));
    }

    private void lookAgain() {
        try {
            look();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long heapBytes() {
        return heapBytes;
    }

    /** Memory of the process without pages of files, mapped or not. */
    long anonymousBytes() {
        return anonymousBytes;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}

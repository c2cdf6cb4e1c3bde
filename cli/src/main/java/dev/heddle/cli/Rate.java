package dev.heddle.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How fast bytes were written, again and again. */
final class Rate {

    private final List<Sample> samples = new ArrayList<>();

    /**
     * One run.
     *
     * @param nanos on the clock
     * @param cpuNanos of all threads of this process
     */
    record Sample(long bytes, long nanos, long cpuNanos) {}

    /** Work that writes. */
    @FunctionalInterface
    interface Writing {
        /** Returns the number of bytes. */
        long write() throws IOException;
    }

    static Sample measure(Writing work) throws IOException {
        long cpu = cpuNanos();
        long start = System.nanoTime();
        long bytes = work.write();
        return new Sample(bytes, System.nanoTime() - start, cpuNanos() - cpu);
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    void add(Sample sample) {
        samples.add(sample);
    }

    /** Of one run. */
    long bytes() {
        return median().bytes();
    }

    double seconds() {
        return median().nanos() / 1e9;
    }

    double cpuSeconds() {
        return median().cpuNanos() / 1e9;
    }

    double megabytesPerSecond() {
        return bytes() / 1e6 / seconds();
    }

    private Sample median() {
        return samples.stream()
                .sorted(Comparator.comparingLong(Sample::nanos))
                .skip(samples.size() / 2)
                .findFirst()
                .orElseThrow();
    }
}

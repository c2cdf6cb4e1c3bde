package dev.heddle.runtime.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks of the JVM and of the machine it runs on. */
final class MachineChecks {
    private static final long MEBIBYTE = 1 << 20;
    private static final long LITTLE_MEMORY = 1024 * MEBIBYTE;
    private static final Pattern FLAGS = Pattern.compile("^(?:flags|Features)\\s*:(.*)$", Pattern.MULTILINE);
    private static final Pattern AVAILABLE = Pattern.compile("^MemAvailable:\\s*(\\d+) kB$", Pattern.MULTILINE);
    private static final List<String> INTERESTING = List.of("avx2", "fma", "f16c", "avx512f", "avx512_bf16", "asimd");

    private MachineChecks() {}

    static Check java(Runtime.Version version) {
        return Check.ok("Java", version.toString());
    }

    static Check threads(int processors) {
        return Check.ok("threads", processors + " processors");
    }

    /** @param cpuinfo content of /proc/cpuinfo; empty if there is none */
    static Check cpu(String cpuinfo) {
        Matcher line = FLAGS.matcher(cpuinfo);
        if (!line.find()) {
            return Check.ok("CPU features", "not known on this system");
        }
        Set<String> flags = new HashSet<>(Arrays.asList(line.group(1).strip().split("\\s+")));
        String found = INTERESTING.stream().filter(flags::contains).collect(Collectors.joining(", "));
        return flags.contains("avx2") || flags.contains("asimd")
                ? Check.ok("CPU features", found)
                : Check.warn(
                        "CPU features",
                        "no AVX2" + (found.isEmpty() ? "" : "; has " + found),
                        "kernels use their portable form; choose a newer machine for speed");
    }

    /** @param meminfo content of /proc/meminfo; empty if there is none */
    static Check memory(String meminfo, long maxHeapBytes) {
        String heap = "heap up to " + maxHeapBytes / MEBIBYTE + " MiB";
        Matcher line = AVAILABLE.matcher(meminfo);
        if (!line.find()) {
            return Check.ok("memory", heap);
        }
        long available = Long.parseLong(line.group(1)) * 1024;
        String detail = available / MEBIBYTE + " MiB available, " + heap;
        return available >= LITTLE_MEMORY
                ? Check.ok("memory", detail)
                : Check.warn(
                        "memory", detail, "weights lie outside the heap; free some memory or take a smaller model");
    }

    /** Native libraries are unpacked there and loaded from there. */
    static Check tempFolder(Path folder) {
        try {
            Path probe = Files.createTempFile(folder, "heddle", ".probe");
            try {
                boolean executable = probe.toFile().setExecutable(true) && Files.isExecutable(probe);
                return executable
                        ? Check.ok("temp folder", folder.toString())
                        : Check.fail(
                                "temp folder",
                                folder + " does not allow execution",
                                "start the JVM with -Djava.io.tmpdir set to a folder that does");
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            return Check.fail(
                    "temp folder",
                    folder + " cannot be written",
                    "start the JVM with -Djava.io.tmpdir set to a folder that can");
        }
    }
}

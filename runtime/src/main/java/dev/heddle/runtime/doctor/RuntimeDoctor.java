package dev.heddle.runtime.doctor;

import dev.heddle.runtime.session.OpsLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Examines this process and its machine; never throws for what it finds.
 *
 * @param environment variables of the process
 * @param opsLibrary where sessions look for the native library
 */
public record RuntimeDoctor(Map<String, String> environment, OpsLibrary opsLibrary) {
    public RuntimeDoctor {
        environment = Map.copyOf(environment);
    }

    /** For this process as it is. */
    public static RuntimeDoctor ofThisProcess() {
        return new RuntimeDoctor(System.getenv(), OpsLibrary.installed());
    }

    /** All checks, in the order to read them. */
    public List<Check> examine() {
        return List.of(
                MachineChecks.java(Runtime.version()),
                OrtChecks.version(),
                OrtChecks.providers(),
                OrtChecks.telemetry(environment),
                OrtChecks.commandLine(commandLineLength(), environment),
                OrtChecks.opsLibrary(opsLibrary),
                MachineChecks.tempFolder(Path.of(System.getProperty("java.io.tmpdir"))),
                MachineChecks.cpu(read("/proc/cpuinfo")),
                MachineChecks.threads(Runtime.getRuntime().availableProcessors()),
                MachineChecks.memory(read("/proc/meminfo"), Runtime.getRuntime().maxMemory()));
    }

    private static int commandLineLength() {
        int length = read("/proc/self/cmdline").length();
        return length > 0
                ? length
                : ProcessHandle.current().info().commandLine().orElse("").length();
    }

    /** Empty where the system has no such file. */
    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            return "";
        }
    }
}

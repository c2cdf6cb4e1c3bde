package dev.heddle.runtime.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.RuntimeFailure;
import dev.heddle.runtime.doctor.Check.Status;
import dev.heddle.runtime.session.Provider;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeDoctorTest {
    private static final Map<String, String> QUIET = Map.of("ORT_DISABLE_TELEMETRY", "1");

    @Test
    @Tag("ort")
    void thisMachine_canRunModels() {
        var checks = new RuntimeDoctor(QUIET, Optional::empty).examine();

        assertThat(checks).extracting(Check::status).doesNotContain(Status.FAIL);
        assertThat(checks)
                .extracting(Check::name)
                .containsExactly(
                        "Java",
                        "ONNX Runtime",
                        "providers",
                        "telemetry",
                        "command line",
                        "native operators",
                        "temp folder",
                        "CPU features",
                        "threads",
                        "memory");
        assertThat(checks)
                .allSatisfy(check -> assertThat(check.fix().isEmpty()).isEqualTo(check.status() == Status.OK));
        assertThat(checks.get(1)).isEqualTo(Check.ok("ONNX Runtime", "1.28.0"));
    }

    @Test
    void otherVersion_isAWarning() {
        assertThat(OrtChecks.version("1.29.0"))
                .isEqualTo(Check.warn(
                        "ONNX Runtime", "1.29.0, tested with 1.28.0", "put onnxruntime 1.28.0 on the class path"));
    }

    @Test
    void providers_areNamed() {
        assertThat(OrtChecks.providers(EnumSet.of(Provider.CPU)))
                .isEqualTo(Check.ok("providers", "CPU; CUDA needs onnxruntime_gpu on the class path"));
        assertThat(OrtChecks.providers(EnumSet.allOf(Provider.class))).isEqualTo(Check.ok("providers", "CPU, CUDA"));
    }

    @ParameterizedTest
    @CsvSource({"1, OK", "0, WARN", "'', WARN"})
    void telemetry_mustBeSwitchedOff(String value, Status status) {
        assertThat(OrtChecks.telemetry(Map.of("ORT_DISABLE_TELEMETRY", value)).status())
                .isEqualTo(status);
        assertThat(OrtChecks.telemetry(Map.of()).status()).isEqualTo(Status.WARN);
    }

    @Test
    void longCommandLine_isAWarningWithTelemetryOnly() {
        assertThat(OrtChecks.commandLine(2500, QUIET)).isEqualTo(Check.ok("command line", "2500 characters"));
        assertThat(OrtChecks.commandLine(2499, Map.of())).isEqualTo(Check.ok("command line", "2499 characters"));
        assertThat(OrtChecks.commandLine(2500, Map.of()))
                .isEqualTo(Check.warn(
                        "command line",
                        "2500 characters; with telemetry on, ONNX Runtime 1.29 ends the JVM at such a length",
                        "export ORT_DISABLE_TELEMETRY=1, or pass the class path in an @argfile"));
        assertThat(OrtChecks.commandLine(0, QUIET)).isEqualTo(Check.ok("command line", "length not known"));
    }

    @Test
    void opsLibrary_isFoundMissingOrWrong() {
        Check unusable = OrtChecks.opsLibrary(() -> Optional.of(Path.of("/x/libheddle_ops.so")));
        assertThat(unusable.status()).isEqualTo(Status.FAIL);
        assertThat(unusable.detail())
                .startsWith("registering /x/libheddle_ops.so: Failed to load library /x/libheddle_ops.so with error: ");
        assertThat(OrtChecks.opsLibrary(Optional::empty).status()).isEqualTo(Status.WARN);
        assertThat(OrtChecks.opsLibrary(() -> {
                    throw new RuntimeFailure("HEDDLE_OPS_LIBRARY: expected a library file, found none at /x");
                }))
                .isEqualTo(Check.fail(
                        "native operators",
                        "HEDDLE_OPS_LIBRARY: expected a library file, found none at /x",
                        "do what that says, or run with ops PORTABLE, without native operators"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "flags\t\t: fpu sse2 fma avx2 avx512f | OK | avx2, fma, avx512f",
                "Features : fp asimd | OK | asimd",
                "flags : fpu sse2 fma | WARN | no AVX2; has fma",
                "flags : fpu fpu | WARN | no AVX2",
                "model name : x | OK | not known on this system"
            })
    void cpuFeatures_areReadFromTheSystem(String cpuinfo, Status status, String detail) {
        Check check = MachineChecks.cpu("processor : 0\n" + cpuinfo + "\n");

        assertThat(check.status()).isEqualTo(status);
        assertThat(check.detail()).isEqualTo(detail);
    }

    @ParameterizedTest
    @CsvSource({
        "'MemTotal: 9 kB\nMemAvailable:    2097152 kB\n', OK, '2048 MiB available, heap up to 3 MiB'",
        "'MemAvailable: 524288 kB\n', WARN, '512 MiB available, heap up to 3 MiB'",
        "'', OK, heap up to 3 MiB"
    })
    void memory_isReadFromTheSystem(String meminfo, Status status, String detail) {
        Check check = MachineChecks.memory(meminfo, 3 << 20);

        assertThat(check.status()).isEqualTo(status);
        assertThat(check.detail()).isEqualTo(detail);
    }

    @Test
    void tempFolder_isLeftAsItWas(@TempDir Path folder) {
        assertThat(MachineChecks.tempFolder(folder)).isEqualTo(Check.ok("temp folder", folder.toString()));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void missingTempFolder_fails(@TempDir Path folder) {
        Path missing = folder.resolve("missing");

        assertThat(MachineChecks.tempFolder(missing))
                .isEqualTo(Check.fail(
                        "temp folder",
                        missing + " cannot be written",
                        "start the JVM with -Djava.io.tmpdir set to a folder that can"));
    }
}

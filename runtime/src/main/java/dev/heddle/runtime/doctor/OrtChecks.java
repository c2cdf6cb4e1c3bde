package dev.heddle.runtime.doctor;

import dev.heddle.runtime.RuntimeFailure;
import dev.heddle.runtime.session.OnnxRuntime;
import dev.heddle.runtime.session.OpsLibrary;
import dev.heddle.runtime.session.Provider;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks of ONNX Runtime and of what it loads. */
final class OrtChecks {
    /** The version that Heddle is built and tested with. */
    static final String TESTED_VERSION = "1.28.0";

    private static final String TELEMETRY = "ORT_DISABLE_TELEMETRY";
    /** With telemetry on, ONNX Runtime 1.29 can end the JVM at a command line of 2,500 characters or more. */
    private static final int LONG_COMMAND_LINE = 2500;

    private OrtChecks() {}

    static Check version() {
        try {
            return version(OnnxRuntime.version());
        } catch (RuntimeFailure e) {
            return Check.fail(
                    "ONNX Runtime",
                    String.valueOf(e.getMessage()),
                    "use Linux x64 or aarch64, macOS aarch64 or Windows x64, and a temp folder that allows execution");
        }
    }

    static Check version(String version) {
        return version.equals(TESTED_VERSION)
                ? Check.ok("ONNX Runtime", version)
                : Check.warn(
                        "ONNX Runtime",
                        version + ", tested with " + TESTED_VERSION,
                        "put onnxruntime " + TESTED_VERSION + " on the class path");
    }

    static Check providers() {
        try {
            return providers(OnnxRuntime.providers());
        } catch (RuntimeFailure e) {
            return Check.fail("providers", "none, ONNX Runtime does not load", "see the check of ONNX Runtime");
        }
    }

    static Check providers(Set<Provider> providers) {
        return Check.ok(
                "providers",
                providers.contains(Provider.CUDA) ? "CPU, CUDA" : "CPU; CUDA needs onnxruntime_gpu on the class path");
    }

    static Check telemetry(Map<String, String> environment) {
        return "1".equals(environment.get(TELEMETRY))
                ? Check.ok("telemetry", "off")
                : Check.warn(
                        "telemetry",
                        TELEMETRY
                                + " is not 1; newer versions of ONNX Runtime then call home, and 1.29 can end the JVM",
                        "export " + TELEMETRY + "=1 before the JVM starts");
    }

    /** @param characters length of the JVM's command line; 0 if it is not known */
    static Check commandLine(int characters, Map<String, String> environment) {
        boolean telemetry = !"1".equals(environment.get(TELEMETRY));
        return telemetry && characters >= LONG_COMMAND_LINE
                ? Check.warn(
                        "command line",
                        characters + " characters; with telemetry on, ONNX Runtime 1.29 ends the JVM at such a length",
                        "export " + TELEMETRY + "=1, or pass the class path in an @argfile")
                : Check.ok("command line", characters == 0 ? "length not known" : characters + " characters");
    }

    static Check opsLibrary(OpsLibrary library) {
        try {
            Optional<Path> file = library.locate();
            file.ifPresent(OnnxRuntime::requireUsable);
            return file.isPresent()
                    ? Check.ok("native operators", file.get().toString())
                    : Check.warn(
                            "native operators",
                            "libheddle_ops not found; models run through their function bodies, which is slower",
                            "install a C++ compiler and cmake and build again, or set " + OpsLibrary.VARIABLE
                                    + " to the file");
        } catch (RuntimeFailure e) {
            return Check.fail(
                    "native operators",
                    String.valueOf(e.getMessage()),
                    "do what that says, or run with ops PORTABLE, without native operators");
        }
    }
}

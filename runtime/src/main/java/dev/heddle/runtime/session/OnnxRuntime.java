package dev.heddle.runtime.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import dev.heddle.runtime.RuntimeFailure;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * The one owner of ONNX Runtime's environment, which lives as long as the JVM. Thread-safe.
 *
 * <p>ONNX Runtime would also print each error it reports, so its own log is set to fatal messages only.
 */
public final class OnnxRuntime {
    private OnnxRuntime() {}

    /** Version of the native library, as in "1.28.0". */
    public static String version() {
        return environment().getVersion();
    }

    /** The providers in this build of ONNX Runtime, of those that Heddle uses. */
    public static Set<Provider> providers() {
        environment();
        Set<OrtProvider> built = OrtEnvironment.getAvailableProviders();
        Set<Provider> providers = EnumSet.of(Provider.CPU);
        if (built.contains(OrtProvider.CUDA)) {
            providers.add(Provider.CUDA);
        }
        return providers;
    }

    /**
     * Registers a library of operators for no model, to see whether it can be used in this process.
     *
     * @throws RuntimeFailure if ONNX Runtime or the library itself refuses
     */
    public static void requireUsable(Path library) {
        environment();
        try (var options = new OrtSession.SessionOptions()) {
            options.registerCustomOpLibrary(library.toString());
        } catch (OrtException e) {
            throw new RuntimeFailure("registering " + library, e);
        }
    }

    static OrtEnvironment environment() {
        try {
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "heddle");
        } catch (LinkageError e) {
            throw new RuntimeFailure("loading ONNX Runtime's native library", e);
        }
    }
}

package dev.heddle.runtime.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.heddle.runtime.RuntimeFailure;
import java.nio.file.Path;
import java.util.Optional;

/** Turns {@link SessionOptions} into ONNX Runtime's own. */
final class OrtOptions {
    private OrtOptions() {}

    /** The caller closes the result. */
    static OrtSession.SessionOptions of(SessionOptions options, Path model) throws OrtException {
        var ort = new OrtSession.SessionOptions();
        try {
            ort.setOptimizationLevel(options.optimization().ortLevel());
            if (options.intraOpThreads() > 0) {
                ort.setIntraOpNumThreads(options.intraOpThreads());
            }
            addProvider(ort, options, model);
            Optional<Path> library = opsLibrary(options, model);
            if (library.isPresent()) {
                ort.registerCustomOpLibrary(library.get().toString());
            }
            return ort;
        } catch (OrtException | RuntimeException e) {
            ort.close();
            throw e;
        }
    }

    private static void addProvider(OrtSession.SessionOptions ort, SessionOptions options, Path model) {
        if (options.provider() == Provider.CPU) {
            return;
        }
        // The overload with a device number is compiled out of the native library of some builds.
        try (var cuda = new OrtCUDAProviderOptions(options.deviceId())) {
            ort.addCUDA(cuda);
        } catch (OrtException e) {
            throw new RuntimeFailure(
                    "opening " + model
                            + " on CUDA: this build of ONNX Runtime cannot use it, put onnxruntime_gpu on the"
                            + " class path or choose the provider CPU",
                    e);
        }
    }

    private static Optional<Path> opsLibrary(SessionOptions options, Path model) {
        if (options.ops() == OpsMode.PORTABLE) {
            return Optional.empty();
        }
        if (options.ops() == OpsMode.AUTO && options.provider() != Provider.CPU) {
            // The library's kernels run on CPU: the function bodies stay on the device, without copies to and fro.
            return Optional.empty();
        }
        Optional<Path> library = options.opsLibrary().locate();
        if (library.isEmpty() && options.ops() == OpsMode.NATIVE) {
            throw new RuntimeFailure(
                    "opening " + model + ": ops NATIVE needs the library libheddle_ops, found none; set "
                            + OpsLibrary.VARIABLE + " to its file or use ops AUTO or PORTABLE");
        }
        return library;
    }
}

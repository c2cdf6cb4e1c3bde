package dev.heddle.runtime.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.heddle.runtime.Lifetime;
import dev.heddle.runtime.ModelFormatException;
import dev.heddle.runtime.RuntimeFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;

/**
 * A model that is loaded and ready to run.
 *
 * <p>Thread-safe: runs may overlap. {@link #close()} waits for the runs in flight and may be called more than once; a
 * run after it throws {@link IllegalStateException}.
 */
public final class ModelSession implements AutoCloseable {
    private final OrtSession session;
    private final ModelFile file;
    private final Provider provider;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final Map<String, String> metadata;
    private final Lifetime lifetime;

    private ModelSession(OrtSession session, ModelFile file, Provider provider) throws OrtException {
        this.session = session;
        this.file = file;
        this.provider = provider;
        this.inputs = OrtSpecs.of(file.onnx(), session.getInputInfo().values());
        this.outputs = OrtSpecs.of(file.onnx(), session.getOutputInfo().values());
        this.metadata = Map.copyOf(session.getMetadata().getCustomMetadata());
        this.lifetime = new Lifetime("model session " + file.onnx());
    }

    /**
     * Loads a model.
     *
     * @param path a folder with {@code model.onnx}, or an .onnx file
     * @throws ModelFormatException if there is no model at {@code path}, it has inputs or outputs of unknown type, or its data files are not where and as long as it
     *     says
     * @throws RuntimeFailure if ONNX Runtime refuses the model, or the provider or the library asked for is not there
     */
    public static ModelSession open(Path path, SessionOptions options) {
        return open(path, options, Optional.empty());
    }

    /**
     * Loads a model and has ONNX Runtime write down how long each operator takes, until {@link #endProfile()}; else as {@link #open(Path, SessionOptions)}.
     *
     * @param profile beginning of the name of the file that ONNX Runtime writes
     */
    public static ModelSession openProfiled(Path path, SessionOptions options, Path profile) {
        return open(path, options, Optional.of(profile));
    }

    private static ModelSession open(Path path, SessionOptions options, Optional<Path> profile) {
        ModelFile file = ModelFile.at(path);
        ExternalData.check(file);
        try (OrtSession.SessionOptions ortOptions = OrtOptions.of(options, file.onnx())) {
            if (profile.isPresent()) {
                ortOptions.enableProfiling(profile.get().toString());
            }
            OrtSession session =
                    OnnxRuntime.environment().createSession(file.onnx().toString(), ortOptions);
            try {
                return new ModelSession(session, file, options.provider());
            } catch (OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (OrtException e) {
            throw new RuntimeFailure("opening " + file.onnx() + " on " + options.provider(), e);
        }
    }

    public ModelFile file() {
        return file;
    }

    public Provider provider() {
        return provider;
    }

    /** In the order of the graph. */
    public List<TensorSpec> inputs() {
        return inputs;
    }

    /** In the order of the graph. */
    public List<TensorSpec> outputs() {
        return outputs;
    }

    public Optional<TensorSpec> input(String name) {
        return inputs.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }

    public Optional<TensorSpec> output(String name) {
        return outputs.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }

    /** The {@code metadata_props} of the model; Heddle's own entry is one JSON value under the key {@code heddle}. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Runs the model on tensors in Java memory.
     *
     * @return all outputs by name
     * @throws RuntimeFailure if ONNX Runtime refuses the inputs or fails
     * @throws IllegalStateException if the session is closed
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> inputs) {
        Map<String, NativeTensor> uploaded = new LinkedHashMap<>();
        Map<String, NativeTensor> results = Map.of();
        try {
            inputs.forEach((name, tensor) -> uploaded.put(name, NativeTensor.of(tensor)));
            results = run(new RunRequest(uploaded, outputNames(), Map.of()), new Cancellation());
            Map<String, HostTensor> copies = new LinkedHashMap<>();
            results.forEach((name, tensor) -> copies.put(name, tensor.toHost()));
            return copies;
        } finally {
            uploaded.values().forEach(NativeTensor::close);
            results.values().forEach(NativeTensor::close);
        }
    }

    /**
     * Runs the model on tensors that ONNX Runtime holds.
     *
     * @return the requested outputs by name, which the caller closes; outputs that were given a place are not among
     *     them
     * @throws RuntimeFailure if ONNX Runtime refuses the inputs or fails
     * @throws CancellationException if {@code cancellation} ended the run
     * @throws IllegalStateException if the session or a tensor is closed
     */
    public Map<String, NativeTensor> run(RunRequest request, Cancellation cancellation) {
        checkInputs(request);
        List<NativeTensor> entered = new ArrayList<>();
        lifetime.enter();
        try {
            Map<String, OnnxTensor> ortInputs = enterAll(request.inputs(), entered);
            Map<String, OnnxTensor> ortPlaces = enterAll(request.places(), entered);
            return runOrt(ortInputs, request.outputs(), ortPlaces, cancellation);
        } finally {
            entered.forEach(NativeTensor::exit);
            lifetime.exit();
        }
    }

    /**
     * Ends the profile of a session that {@link #openProfiled} gave.
     *
     * @return the file, in the format of Chrome's trace viewer
     */
    public Path endProfile() {
        lifetime.enter();
        try {
            return Path.of(session.endProfiling());
        } catch (OrtException e) {
            throw new RuntimeFailure("profiling " + file.onnx(), e);
        } finally {
            lifetime.exit();
        }
    }

    @Override
    public void close() {
        lifetime.close(() -> {
            try {
                session.close();
            } catch (OrtException e) {
                throw new RuntimeFailure("closing " + file.onnx(), e);
            }
        });
    }

    @Override
    public String toString() {
        return file.onnx() + " on " + provider;
    }

    private Set<String> outputNames() {
        return Set.copyOf(outputs.stream().map(TensorSpec::name).toList());
    }

    private Map<String, NativeTensor> runOrt(
            Map<String, OnnxTensor> ortInputs,
            Set<String> requested,
            Map<String, OnnxTensor> places,
            Cancellation cancellation) {
        try (var runOptions = new OrtSession.RunOptions()) {
            cancellation.attach(runOptions);
            try {
                // The result is not closed: its tensors go on living, each with its own owner.
                OrtSession.Result result = session.run(ortInputs, requested, places, runOptions);
                return owned(result);
            } finally {
                cancellation.detach(runOptions);
            }
        } catch (OrtException e) {
            if (cancellation.isCancelled()) {
                throw new CancellationException("running " + this + ": cancelled");
            }
            throw new RuntimeFailure("running " + this, e);
        }
    }

    /** ONNX Runtime would start the run and fail at the first node that misses its input. */
    private void checkInputs(RunRequest request) {
        List<String> names = inputs.stream().map(TensorSpec::name).toList();
        if (!request.inputs().keySet().equals(Set.copyOf(names))) {
            throw new RuntimeFailure("running %s: expected the inputs %s, got %s"
                    .formatted(this, names, new TreeSet<>(request.inputs().keySet())));
        }
    }

    private static Map<String, OnnxTensor> enterAll(Map<String, NativeTensor> tensors, List<NativeTensor> entered) {
        Map<String, OnnxTensor> open = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            open.put(name, tensor.enter());
            entered.add(tensor);
        });
        return open;
    }

    private static Map<String, NativeTensor> owned(OrtSession.Result result) {
        Map<String, NativeTensor> tensors = new LinkedHashMap<>();
        int index = 0;
        for (Map.Entry<String, OnnxValue> entry : result) {
            if (result.isResultOwner(index++)) {
                OnnxTensor tensor = (OnnxTensor) entry.getValue();
                // Known to be handled: the declared outputs were checked when the model was opened.
                tensors.put(
                        entry.getKey(),
                        new NativeTensor(tensor, DType.of(tensor.getInfo().type).orElseThrow()));
            }
        }
        return tensors;
    }
}

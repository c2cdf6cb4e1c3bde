package dev.heddle.cli.trace;

import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.onnx.LinkedModelWriter;
import dev.heddle.exporter.onnx.ValueTypes;
import dev.heddle.exporter.rewrite.ScoreOutputs;
import dev.heddle.exporter.rewrite.Taps;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.Provider;
import dev.heddle.runtime.session.SessionOptions;
import dev.heddle.runtime.session.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A graph on ONNX Runtime. Values are taken in groups, a run for each, so that not all of them are held at once. */
public final class OrtSide implements TracedSide {

    /** Values of one run, at most; the last one may go beyond. */
    private static final long GROUP_BYTES = 256L << 20;

    private final Path file;
    private final Model model;
    private final Map<String, TensorType> types;
    private final SessionOptions options;

    /** @param model what is in the file, or the same with its functions expanded */
    public OrtSide(Path file, Model model, SessionOptions options) {
        this.file = file;
        // Only the kernel of the CPU is known to give them.
        this.model = options.provider() == Provider.CPU ? ScoreOutputs.shown(model) : model;
        this.types = ValueTypes.of(this.model);
        this.options = options;
    }

    @Override
    public Side side() {
        String operators = "operators " + options.ops().name().toLowerCase(Locale.ROOT);
        return new Side(
                file.toString(),
                "ONNX Runtime on " + options.provider(),
                operators,
                precision().toString());
    }

    @Override
    public Model model() {
        return model;
    }

    @Override
    public Map<String, TensorType> types() {
        return types;
    }

    @Override
    public void trace(Map<String, HostTensor> inputs, Collection<String> wanted, Sink sink) throws IOException {
        var sizes = new ValueSizes(model, inputs);
        List<String> group = new ArrayList<>();
        long bytes = 0;
        for (String value : wanted) {
            group.add(value);
            TensorType type = types.get(value);
            bytes += type == null ? 0 : sizes.bytes(type, GROUP_BYTES);
            if (bytes > GROUP_BYTES) {
                run(Taps.of(model, group, types), inputs, sink);
                group.clear();
                bytes = 0;
            }
        }
        if (!group.isEmpty()) {
            run(Taps.of(model, group, types), inputs, sink);
        }
    }

    @Override
    public void run(Model changed, Map<String, HostTensor> inputs, Sink sink) throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.near("heddle-trace", file)) {
            Path written = new LinkedModelWriter(folder.path()).write(changed);
            Map<String, HostTensor> outputs;
            try (ModelSession session = ModelSession.open(written, options)) {
                Map<String, HostTensor> used = new TreeMap<>();
                for (TensorSpec input : session.inputs()) {
                    HostTensor value = inputs.get(input.name());
                    if (value != null) {
                        // The other side may keep its state in wider floats.
                        used.put(input.name(), HostTensors.narrowed(value, input.dtype()));
                    }
                }
                outputs = session.run(used);
            }
            for (Map.Entry<String, HostTensor> output : outputs.entrySet()) {
                sink.take(output.getKey(), output.getValue());
            }
        }
    }

    @Override
    public void close() {
        // nothing is held open
    }
}

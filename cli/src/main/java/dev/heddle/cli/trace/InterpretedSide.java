package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.interpret.Interpreter;
import dev.heddle.exporter.interpret.Tensor;
import dev.heddle.exporter.onnx.ValueTypes;
import dev.heddle.exporter.rewrite.Inliner;
import dev.heddle.exporter.rewrite.ScoreOutputs;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A graph in float64. Functions are expanded. */
public final class InterpretedSide implements TracedSide {

    private final String name;
    private final Interpreter interpreter;
    private final Map<String, TensorType> types;
    private final AutoCloseable source;

    /**
     * @param name what the graph is of, for people
     * @param source of the weights, closed with this
     */
    public InterpretedSide(String name, Model model, AutoCloseable source) {
        this.name = name;
        this.interpreter = interpreter(name, model);
        this.types = ValueTypes.of(interpreter.model());
        this.source = source;
    }

    private static Interpreter interpreter(String name, Model model) {
        try {
            return new Interpreter(ScoreOutputs.shown(Inliner.inline(model)));
        } catch (GraphException e) {
            throw new GraphException(name + ": " + e.getMessage() + "; " + name + "@portable runs it on ONNX Runtime");
        }
    }

    @Override
    public Side side() {
        return new Side(name, "its graph, node by node", "-", Precision.FLOAT64.toString());
    }

    @Override
    public Precision precision() {
        return Precision.FLOAT64;
    }

    @Override
    public Model model() {
        return interpreter.model();
    }

    @Override
    public Map<String, TensorType> types() {
        return types;
    }

    @Override
    public void trace(Map<String, HostTensor> inputs, Collection<String> wanted, Sink sink) throws IOException {
        compute(interpreter, inputs, new HashSet<>(wanted), sink);
    }

    @Override
    public void run(Model changed, Map<String, HostTensor> inputs, Sink sink) throws IOException {
        Set<String> outputs = new HashSet<>();
        changed.graph().outputs().forEach(output -> outputs.add(output.name()));
        compute(new Interpreter(changed), inputs, outputs, sink);
    }

    private static void compute(Interpreter interpreter, Map<String, HostTensor> inputs, Set<String> wanted, Sink sink)
            throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        inputs.forEach((input, tensor) -> tensors.put(input, HostTensors.toTensor(tensor)));
        try {
            interpreter.run(tensors, (node, value, tensor) -> {
                if (wanted.contains(value)) {
                    hand(sink, value, tensor);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void hand(Sink sink, String value, Tensor tensor) {
        try {
            sink.take(value, HostTensors.toHost(tensor));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            source.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

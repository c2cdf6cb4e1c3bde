package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.interpret.Interpreter;
import dev.heddle.exporter.interpret.Tensor;
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
    private final AutoCloseable source;

    /**
     * @param name what the graph is of, for people
     * @param source of the weights, closed with this
     */
    public InterpretedSide(String name, Model model, AutoCloseable source) {
        this.name = name;
        this.interpreter = new Interpreter(model);
        this.source = source;
    }

    @Override
    public String describe() {
        return name + ", graph in float64";
    }

    @Override
    public Model model() {
        return interpreter.model();
    }

    @Override
    public void trace(Map<String, HostTensor> inputs, Collection<String> values, Sink sink) throws IOException {
        Set<String> wanted = new HashSet<>(values);
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

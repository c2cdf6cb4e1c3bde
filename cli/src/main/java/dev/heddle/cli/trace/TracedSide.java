package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Model;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/** A model whose inner values can be asked for. */
public interface TracedSide extends AutoCloseable {

    /** What it is, for people. */
    String describe();

    /** The graph whose values are named. */
    Model model();

    /**
     * Runs the model once or more often, and hands over each of these values once.
     *
     * @param inputs of the graph, by name
     * @param values names that the graph makes
     */
    void trace(Map<String, HostTensor> inputs, Collection<String> values, Sink sink) throws IOException;

    /** Takes values as they come. */
    @FunctionalInterface
    interface Sink {
        void take(String name, HostTensor tensor) throws IOException;
    }

    @Override
    void close() throws IOException;
}

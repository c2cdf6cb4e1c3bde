package dev.heddle.cli.trace;

import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Something whose values can be asked for by name. */
public interface ValueSource extends AutoCloseable {

    /** What it is, for people. */
    Side side();

    /** What its values are computed in. */
    Precision precision();

    /** Names of all values that it can give. */
    Set<String> values();

    /** Names of those that it gives to everybody. */
    List<String> outputs();

    /**
     * Hands over each of these values once.
     *
     * @param inputs by name
     * @param wanted some of {@link #values}
     */
    void trace(Map<String, HostTensor> inputs, Collection<String> wanted, Sink sink) throws IOException;

    /** Takes values as they come. */
    @FunctionalInterface
    interface Sink {
        void take(String name, HostTensor tensor) throws IOException;
    }

    @Override
    void close() throws IOException;
}

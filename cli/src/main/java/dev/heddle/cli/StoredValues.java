package dev.heddle.cli;

import dev.heddle.cli.trace.ValueSource;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** Values in a file, by the names that a graph gives them. What they were computed in is taken for exact. */
record StoredValues(Path file, SortedSet<String> values) implements ValueSource {

    static StoredValues open(Path file) {
        SortedSet<String> names = TensorFile.names(file);
        names.removeAll(Set.of(TokenInput.IDS, TokenInput.MASK, TokenInput.POSITIONS));
        return new StoredValues(file, names);
    }

    /** What the values were computed from, if the file says. */
    Optional<TokenBlock> tokens() {
        return TensorFile.names(file).contains(TokenInput.IDS) ? Optional.of(TokenInput.read(file)) : Optional.empty();
    }

    @Override
    public Side side() {
        return new Side(file.toString(), "stored", "-", "-");
    }

    @Override
    public Precision precision() {
        return Precision.FLOAT32;
    }

    @Override
    public List<String> outputs() {
        return List.copyOf(values);
    }

    @Override
    public void trace(Map<String, HostTensor> inputs, Collection<String> wanted, Sink sink) throws IOException {
        for (String name : wanted) {
            sink.take(
                    name,
                    Objects.requireNonNull(TensorFile.read(file, List.of(name)).get(name)));
        }
    }

    @Override
    public void close() {
        // nothing is held open
    }
}

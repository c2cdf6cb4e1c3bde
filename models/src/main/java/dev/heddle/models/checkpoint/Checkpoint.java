package dev.heddle.models.checkpoint;

import java.util.List;
import java.util.SortedMap;

/**
 * The tensors of one checkpoint by name, opened by {@link Checkpoints}. Close it when done; its tensors cannot be read
 * afterwards. Thread-safe.
 */
public interface Checkpoint extends AutoCloseable {

    /** Unmodifiable. */
    SortedMap<String, StoredTensor> tensors();

    /** The files it was read from, in the order of reading; none if it lies nowhere. */
    default List<CheckpointFile> files() {
        return List.of();
    }

    @Override
    void close();
}

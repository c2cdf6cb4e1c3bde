package dev.heddle.models.checkpoint;

import java.util.SortedMap;

/**
 * The tensors of one checkpoint by name, opened by {@link Checkpoints}. Close it when done; its tensors cannot be read
 * afterwards. Thread-safe.
 */
public interface Checkpoint extends AutoCloseable {

    /** Unmodifiable. */
    SortedMap<String, StoredTensor> tensors();

    @Override
    void close();
}

package dev.heddle.models.checkpoint;

import java.util.SortedMap;

/** The tensors of one checkpoint by name. Close it when done; its tensors are invalid afterwards. Thread-safe. */
public interface Checkpoint extends AutoCloseable {

    SortedMap<String, StoredTensor> tensors();

    @Override
    void close();
}

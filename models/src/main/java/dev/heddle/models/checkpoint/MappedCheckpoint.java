package dev.heddle.models.checkpoint;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/** Tensors that lie in mapped files. */
final class MappedCheckpoint implements Checkpoint {

    private final SortedMap<String, StoredTensor> tensors;
    private final OpenFiles files;

    MappedCheckpoint(SortedMap<String, StoredTensor> tensors, OpenFiles files) {
        this.tensors = Collections.unmodifiableSortedMap(tensors);
        this.files = files;
    }

    @Override
    public SortedMap<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public List<CheckpointFile> files() {
        return files.all().stream()
                .map(file -> CheckpointFile.of(file, tensors))
                .toList();
    }

    @Override
    public void close() {
        files.close();
    }
}

package dev.heddle.models.checkpoint;

/**
 * What a pickle says of a storage: a run of elements in its own zip entry, which several tensors may share.
 *
 * @param key name of the entry under {@code data/}
 * @param elements number of elements
 */
record TorchStorage(TorchStorageType type, String key, long elements) {}

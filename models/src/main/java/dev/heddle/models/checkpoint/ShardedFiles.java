package dev.heddle.models.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Several safetensors files with an index. Index and files must agree exactly: each tensor in one file, and in the one
 * that the index names.
 */
final class ShardedFiles {

    private final Path folder;
    private final String index;
    private final SortedMap<String, String> shardOf;
    private final SortedMap<String, StoredTensor> tensors = new TreeMap<>();

    private ShardedFiles(Path folder, String index, SortedMap<String, String> shardOf) {
        this.folder = folder;
        this.index = index;
        this.shardOf = shardOf;
    }

    static SortedMap<String, StoredTensor> read(Path index, OpenFiles files) {
        MappedFile file = files.open(index);
        Path folder = index.resolveSibling("").toAbsolutePath();
        var sharded = new ShardedFiles(folder, file.name(), ShardIndex.read(file));
        for (String shard : new TreeSet<>(sharded.shardOf.values())) {
            sharded.add(SafetensorsFile.read(files.open(sharded.locate(shard))));
        }
        sharded.requireComplete();
        return sharded.tensors;
    }

    /** Links are followed: whoever can make one in this folder could put the file itself there, and hub caches are made of them. */
    private Path locate(String shard) {
        Path path = folder.resolve(shard);
        if (!Files.isRegularFile(path)) {
            throw new ModelFormatException(
                    index + ": expected the file " + shard + " beside it, found none; download it");
        }
        return path;
    }

    private void add(SortedMap<String, StoredTensor> shard) {
        shard.forEach((name, tensor) -> {
            StoredTensor other = tensors.put(name, tensor);
            String printable = Printable.of(name);
            if (other != null) {
                throw new ModelFormatException(index + ": tensor " + printable + " lies in " + other.location()
                        + " and in " + tensor.location() + ", expected it in one file");
            }
            String expected = shardOf.get(name);
            if (expected == null) {
                throw new ModelFormatException(tensor.location() + ": tensor " + printable + " is not in " + index
                        + "; the two belong to different models");
            }
        });
    }

    private void requireComplete() {
        shardOf.forEach((name, shard) -> {
            StoredTensor tensor = tensors.get(name);
            if (tensor == null || !tensor.location().equals(shard)) {
                throw new ModelFormatException(shard + ": expected tensor " + Printable.of(name) + " as " + index
                        + " says, found none; the two belong to different models");
            }
        });
    }
}

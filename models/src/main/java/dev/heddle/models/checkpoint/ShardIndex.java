package dev.heddle.models.checkpoint;

import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;

/** The index of a sharded checkpoint, {@code model.safetensors.index.json}: which file holds which tensor. */
final class ShardIndex {

    private static final long MAX_BYTES = 100_000_000;

    private ShardIndex() {}

    /** Tensor name to file name, the latter a plain name in the index' own folder. */
    static SortedMap<String, String> read(MappedFile file) {
        if (file.size() > MAX_BYTES) {
            throw new ModelFormatException(
                    file.name() + ": expected at most " + MAX_BYTES + " bytes, the file has " + file.size());
        }
        ByteBuffer text = file.read(0, (int) file.size());
        SortedMap<String, String> shards = new TreeMap<>();
        StrictJson.read(file.name(), text, (json, field) -> {
            if (field.equals("weight_map")) {
                json.object("weight_map", tensor -> shards.put(tensor, shard(file, tensor, json)));
            } else {
                json.skip();
            }
        });
        if (shards.isEmpty()) {
            throw new ModelFormatException(file.name() + ": expected a weight_map with tensors, got none");
        }
        return shards;
    }

    private static String shard(MappedFile file, String tensor, StrictJson json) {
        String shard = json.string("the shard of tensor " + Printable.of(tensor));
        boolean plain = shard.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c));
        if (!plain || shard.isEmpty() || shard.equals(".") || shard.equals("..")) {
            throw new ModelFormatException(file.name() + ": tensor " + Printable.of(tensor) + " is said to lie in "
                    + Printable.of(shard) + ", expected the name of a file in the same folder");
        }
        return shard;
    }
}

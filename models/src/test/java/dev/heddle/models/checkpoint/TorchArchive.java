package dev.heddle.models.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.razorvine.pickle.Opcodes;

/** Torch files with any pickle and storages, also wrong ones. */
final class TorchArchive {

    private final PickleWriter pickle = new PickleWriter();
    private final SortedMap<String, byte[]> entries = new TreeMap<>();
    private long zipLimit = StoredZipWriter.LIMIT_32;

    /** The pickle to continue. */
    PickleWriter pickle() {
        return pickle;
    }

    TorchArchive storage(String key, byte[] content) {
        return entry("m/data/" + key, content);
    }

    TorchArchive entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    TorchArchive byteOrder(String order) {
        return entry("m/byteorder", order.getBytes(StandardCharsets.UTF_8));
    }

    /** Numbers from here on become 64-bit fields of the zip. */
    TorchArchive zipLimit(long limit) {
        zipLimit = limit;
        return this;
    }

    /** Adds an entry of the dict on the stack: a tensor over the whole of a float storage. */
    TorchArchive floats(String name, String key, int count) {
        return tensor(name, key, count, 0, new long[] {count}, new long[] {1});
    }

    TorchArchive tensor(String name, String key, long elements, long offset, long[] size, long[] stride) {
        return rebuild(
                name, key, elements, view -> view.number(offset).tuple(size).tuple(stride));
    }

    /** Adds a tensor over storage 0 with 12 floats; {@code view} writes offset, size and stride. */
    TorchArchive rebuild(String name, Consumer<PickleWriter> view) {
        return rebuild(name, "0", 12, view);
    }

    private TorchArchive rebuild(String name, String key, long elements, Consumer<PickleWriter> view) {
        pickle.text(name).global("torch._utils", "_rebuild_tensor_v2").opcode(Opcodes.MARK);
        pickle.opcode(Opcodes.MARK)
                .text("storage")
                .global("torch", "FloatStorage")
                .text(key)
                .text("cpu");
        pickle.number(elements).opcode(Opcodes.TUPLE).opcode(Opcodes.BINPERSID);
        view.accept(pickle);
        pickle.opcode(Opcodes.NEWFALSE).orderedDict().opcode(Opcodes.TUPLE).opcode(Opcodes.REDUCE);
        pickle.opcode(Opcodes.SETITEM);
        return this;
    }

    Path write(Path file) throws IOException {
        entries.putIfAbsent("m/data.pkl", pickle.finish());
        return writeEntries(file);
    }

    Path writeEntries(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            var zip = new StoredZipWriter(channel, zipLimit);
            for (var entry : entries.entrySet()) {
                zip.add(entry.getKey(), entry.getValue());
            }
            zip.finish();
        }
        return file;
    }
}

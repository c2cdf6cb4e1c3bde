package dev.heddle.models.checkpoint;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;

/** One file of a checkpoint as bytes, and where its tensors lie in it. Thread-safe; valid while the checkpoint is open. */
public final class CheckpointFile {

    private final MappedFile file;
    private final Format format;
    private final List<Entry> entries;

    /** What a file is. */
    public enum Format {
        SAFETENSORS,
        /** Names the files in which tensors lie; holds none itself. */
        INDEX,
        TORCH
    }

    /**
     * A tensor of the file.
     *
     * @param start byte of the file at which it begins; empty if its elements do not follow each other
     */
    public record Entry(StoredTensor tensor, OptionalLong start) {
        /** Bytes of all elements. */
        public long bytes() {
            return Math.multiplyExact(tensor.shape().elements(), tensor.dtype().bytes());
        }
    }

    private CheckpointFile(MappedFile file, Format format, List<Entry> entries) {
        this.file = file;
        this.format = format;
        this.entries = entries;
    }

    static CheckpointFile of(MappedFile file, SortedMap<String, StoredTensor> tensors) {
        List<Entry> entries = tensors.values().stream()
                .filter(tensor -> isIn(file, tensor))
                .map(tensor -> new Entry(tensor, start(tensor)))
                .sorted(Comparator.comparingLong(entry -> entry.start().orElse(Long.MAX_VALUE)))
                .toList();
        return new CheckpointFile(file, format(file), entries);
    }

    private static boolean isIn(MappedFile file, StoredTensor tensor) {
        return tensor instanceof ContiguousTensor contiguous && contiguous.file() == file
                || tensor instanceof StridedTensor strided && strided.file() == file;
    }

    private static OptionalLong start(StoredTensor tensor) {
        return tensor instanceof ContiguousTensor contiguous
                ? OptionalLong.of(contiguous.start())
                : OptionalLong.empty();
    }

    private static Format format(MappedFile file) {
        if (Checkpoints.isIndex(file.name())) {
            return Format.INDEX;
        }
        return TorchFile.recognises(file) ? Format.TORCH : Format.SAFETENSORS;
    }

    /** Without folder. */
    public String name() {
        return file.name();
    }

    public Format format() {
        return format;
    }

    public long size() {
        return file.size();
    }

    /** In the order of their places; those without one come last, by name. */
    public List<Entry> entries() {
        return entries;
    }

    /** Bytes {@code start} to {@code start + count}, read-only, from position 0 to its limit. */
    public ByteBuffer read(long start, int count) {
        return file.read(start, count);
    }
}

package dev.heddle.models.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A safetensors file: 8 bytes header length, JSON header, then the tensors side by side without a gap.
 *
 * <p>The format is defined by {@code github.com/huggingface/safetensors}, README, section "Format".
 */
final class SafetensorsFile {

    static final int LENGTH_BYTES = 8;

    /** The limit of the reference implementation. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    private SafetensorsFile() {}

    static SortedMap<String, StoredTensor> read(MappedFile file) {
        long headerBytes = headerBytes(file);
        long dataStart = LENGTH_BYTES + headerBytes;
        List<SafetensorsEntry> entries =
                SafetensorsHeader.parse(file.name(), file.read(LENGTH_BYTES, (int) headerBytes));
        requireSideBySide(file, dataStart, entries);
        SortedMap<String, StoredTensor> tensors = new TreeMap<>();
        for (SafetensorsEntry entry : entries) {
            long start = dataStart + entry.begin();
            tensors.put(entry.name(), new ContiguousTensor(entry.name(), entry.dtype(), entry.shape(), file, start));
        }
        return tensors;
    }

    private static long headerBytes(MappedFile file) {
        if (file.size() < LENGTH_BYTES) {
            throw new ModelFormatException(file.name() + ": expected " + LENGTH_BYTES
                    + " bytes of header length, the file has " + file.size() + "; download it again");
        }
        long bytes = file.read(0, LENGTH_BYTES).getLong();
        if (Long.compareUnsigned(bytes, MAX_HEADER_BYTES) > 0) {
            throw new ModelFormatException(file.name() + ": expected a header of at most " + MAX_HEADER_BYTES
                    + " bytes, got " + Long.toUnsignedString(bytes) + "; this is not a safetensors file");
        }
        if (LENGTH_BYTES + bytes > file.size()) {
            throw new ModelFormatException(file.name() + ": the header ends at byte " + (LENGTH_BYTES + bytes)
                    + ", the file has " + file.size() + "; download it again");
        }
        return bytes;
    }

    private static void requireSideBySide(MappedFile file, long dataStart, List<SafetensorsEntry> entries) {
        List<SafetensorsEntry> ordered = new ArrayList<>(entries);
        // Empty tensors come before the one that starts at the same byte.
        ordered.sort(Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end));
        long end = 0;
        for (SafetensorsEntry entry : ordered) {
            String name = Printable.of(entry.name());
            if (entry.end() > file.size() - dataStart) {
                throw new ModelFormatException(file.name() + ": tensor " + name + " ends at byte "
                        + (dataStart + entry.end()) + ", the file has " + file.size() + "; download it again");
            }
            if (entry.begin() < end) {
                throw new ModelFormatException(file.name() + ": tensor " + name + " begins at byte "
                        + (dataStart + entry.begin()) + ", inside the one before, which ends at " + (dataStart + end));
            }
            requireNoHole(file, dataStart + end, dataStart + entry.begin());
            end = entry.end();
        }
        requireNoHole(file, dataStart + end, file.size());
    }

    private static void requireNoHole(MappedFile file, long from, long to) {
        if (from != to) {
            throw new ModelFormatException(
                    file.name() + ": expected a tensor at every byte, got none for bytes " + from + " to " + to);
        }
    }
}

package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import java.util.Arrays;
import java.util.Map;

/** Finds the bytes of tensors in the storages of one torch file. */
final class TorchViews {

    /** More axes than any tensor that Heddle knows; keeps a small pickle from growing into a large heap. */
    private static final int MAX_RANK = 16;

    private final MappedFile file;
    private final String folder;
    private final Map<String, ZipEntryRange> entries;

    TorchViews(MappedFile file, String folder, Map<String, ZipEntryRange> entries) {
        this.file = file;
        this.folder = folder;
        this.entries = entries;
    }

    StoredTensor view(String name, Object value) {
        String where = file.name() + ": tensor " + Printable.of(name);
        if (!(value instanceof TorchTensor tensor)) {
            throw new ModelFormatException(file.name() + ": entry " + Printable.of(name)
                    + " of the state dict is " + TorchFile.kind(value)
                    + ", expected a tensor; save the flat state dict, alone or under the key model");
        }
        DType dtype = tensor.storage().type().dtype();
        ZipEntryRange data = data(where, tensor.storage());
        long[] lengths = longs(where, "size", tensor.size());
        long[] strides = longs(where, "stride", tensor.stride());
        long offset = number(where, "offset", tensor.offset());
        requireInside(where, tensor.storage(), offset, lengths, strides);
        long start = data.start() + offset * dtype.bytes();
        Shape shape = Shape.of(lengths);
        if (isContiguous(lengths, strides)) {
            return new ContiguousTensor(name, dtype, shape, file, start);
        }
        return new StridedTensor(
                name, dtype, shape, Arrays.stream(strides).boxed().toList(), file, start);
    }

    private ZipEntryRange data(String where, TorchStorage storage) {
        ZipEntryRange data = entries.get(folder + "/data/" + storage.key());
        if (data == null) {
            throw new ModelFormatException(
                    where + ": its storage " + Printable.of(storage.key()) + " is not in the file; download it again");
        }
        long bytes = ByteCount.of(where, storage.type().dtype(), new long[] {storage.elements()});
        if (bytes != data.bytes()) {
            throw new ModelFormatException(where + ": its storage " + Printable.of(storage.key()) + " takes " + bytes
                    + " bytes, the file has " + data.bytes() + "; download it again");
        }
        return data;
    }

    private static void requireInside(String where, TorchStorage storage, long offset, long[] lengths, long[] strides) {
        String view =
                "offset " + offset + ", size " + Arrays.toString(lengths) + ", stride " + Arrays.toString(strides);
        boolean negative = offset < 0 || Arrays.stream(strides).anyMatch(stride -> stride < 0);
        if (lengths.length != strides.length || negative) {
            throw new ModelFormatException(
                    where + ": expected an offset and one stride per axis, all at least 0, got " + view);
        }
        boolean empty = ByteCount.of(where, storage.type().dtype(), lengths) == 0;
        if (!empty && !reaches(storage.elements(), offset, lengths, strides)) {
            throw new ModelFormatException(where + ": its storage has " + storage.elements() + " elements, too few for "
                    + view + "; download it again");
        }
    }

    private static boolean reaches(long elements, long offset, long[] lengths, long[] strides) {
        // What is left of the storage behind the view's last element; taking away keeps every step free of overflow.
        long left = elements - 1 - offset;
        for (int axis = 0; axis < lengths.length && left >= 0; axis++) {
            long steps = lengths[axis] - 1;
            left = steps > 0 && strides[axis] > left / steps ? -1 : left - steps * strides[axis];
        }
        return left >= 0;
    }

    private static boolean isContiguous(long[] lengths, long[] strides) {
        long expected = 1;
        for (int axis = lengths.length - 1; axis >= 0; axis--) {
            if (lengths[axis] != 1 && strides[axis] != expected) {
                return false;
            }
            expected *= lengths[axis];
        }
        return true;
    }

    private static long[] longs(String where, String what, Object value) {
        if (!(value instanceof Object[] tuple)) {
            throw new ModelFormatException(
                    where + ": expected its " + what + " to be a tuple, got " + TorchFile.kind(value));
        }
        if (tuple.length > MAX_RANK) {
            throw new ModelFormatException(
                    where + ": expected at most " + MAX_RANK + " axes, got a " + what + " of " + tuple.length);
        }
        return Arrays.stream(tuple)
                .mapToLong(element -> number(where, what, element))
                .toArray();
    }

    private static long number(String where, String what, Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw new ModelFormatException(
                where + ": expected whole numbers as " + what + ", got " + TorchFile.kind(value));
    }
}

package dev.heddle.models.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A checkpoint as {@code torch.save} writes it since version 1.6: a zip with the pickle {@code <name>/data.pkl} and one
 * entry {@code <name>/data/<key>} per storage. The pickle is a flat state dict, or a dict that has one under
 * {@code model}, beside which anything may stand.
 */
final class TorchFile {

    private static final int ZIP_ENTRY = 0x04034b50;
    private static final String PICKLE = "/data.pkl";
    private static final int MAX_TENSORS = 200_000;

    private TorchFile() {}

    /** No safetensors file begins so: the number would be a header length over the limit. */
    static boolean recognises(MappedFile file) {
        return file.size() >= 4 && file.read(0, 4).getInt() == ZIP_ENTRY;
    }

    static SortedMap<String, StoredTensor> read(MappedFile file) {
        SortedMap<String, ZipEntryRange> entries = ZipDirectory.read(file);
        ZipEntryRange pickle = pickle(file, entries);
        String folder = pickle.name().substring(0, pickle.name().length() - PICKLE.length());
        requireLittleEndian(file, entries, folder);
        if (pickle.bytes() > TorchUnpickler.MAX_BYTES) {
            throw new ModelFormatException(file.name() + ": the pickle has " + pickle.bytes()
                    + " bytes, expected at most " + TorchUnpickler.MAX_BYTES);
        }
        Object root = TorchUnpickler.read(file.name(), file.read(pickle.start(), (int) pickle.bytes()));
        Map<?, ?> state = stateDict(file, root);
        var views = new TorchViews(file, folder, entries);
        SortedMap<String, StoredTensor> tensors = new TreeMap<>();
        state.forEach((key, value) -> {
            String name = name(file, key);
            tensors.put(name, views.view(name, value));
        });
        return tensors;
    }

    private static ZipEntryRange pickle(MappedFile file, SortedMap<String, ZipEntryRange> entries) {
        List<ZipEntryRange> pickles = entries.values().stream()
                .filter(entry -> entry.name().endsWith(PICKLE)
                        && entry.name().indexOf('/') == entry.name().length() - PICKLE.length())
                .toList();
        if (pickles.size() != 1) {
            throw new ModelFormatException(file.name() + ": expected one entry <name>/data.pkl in the zip, got "
                    + pickles.size() + "; save it with torch.save");
        }
        return pickles.get(0);
    }

    private static void requireLittleEndian(MappedFile file, SortedMap<String, ZipEntryRange> entries, String folder) {
        ZipEntryRange entry = entries.get(folder + "/byteorder");
        // Files from before torch 2.1 have none; they come from little-endian machines.
        if (entry == null) {
            return;
        }
        ByteBuffer text = file.read(entry.start(), (int) Math.min(entry.bytes(), 16));
        String order = StandardCharsets.UTF_8.decode(text).toString();
        if (!order.equals("little")) {
            throw new ModelFormatException(file.name() + ": expected byte order little, got " + Printable.of(order)
                    + "; save it on a little-endian machine");
        }
    }

    private static Map<?, ?> stateDict(MappedFile file, Object root) {
        if (!(root instanceof Map<?, ?> dict)) {
            throw new ModelFormatException(file.name() + ": expected a dict of tensors, got " + kind(root));
        }
        Map<?, ?> state = dict.get("model") instanceof Map<?, ?> model ? model : dict;
        if (state.size() > MAX_TENSORS) {
            throw new ModelFormatException(
                    file.name() + ": the state dict has " + state.size() + " entries, expected at most " + MAX_TENSORS);
        }
        return state;
    }

    private static String name(MappedFile file, Object key) {
        if (key instanceof String name) {
            return name;
        }
        throw new ModelFormatException(
                file.name() + ": expected the state dict to have strings as keys, got " + kind(key));
    }

    /** What a value of the pickle is, in Python's words. */
    static String kind(Object value) {
        if (value instanceof Map) {
            return "a dict";
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof Object[]) {
            return "a tuple";
        }
        if (value instanceof String) {
            return "a string";
        }
        return value instanceof Number ? "a number" : "another value";
    }
}

package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses the JSON header of a safetensors file; each entry is checked by itself, their places are not. */
final class SafetensorsHeader {

    /** Beside the tensors there may be this one field with texts. */
    static final String METADATA = "__metadata__";

    private static final int MAX_TENSORS = 200_000;

    private SafetensorsHeader() {}

    static List<SafetensorsEntry> parse(String file, ByteBuffer text) {
        List<SafetensorsEntry> entries = new ArrayList<>();
        StrictJson.read(file + ": header", text, (json, name) -> {
            if (name.equals(METADATA)) {
                json.object(METADATA, key -> json.string(METADATA + "." + Printable.of(key)));
                return;
            }
            if (entries.size() == MAX_TENSORS) {
                throw new ModelFormatException(file + ": the header names more than " + MAX_TENSORS + " tensors");
            }
            entries.add(entry(file, name, json));
        });
        return entries;
    }

    private static SafetensorsEntry entry(String file, String name, StrictJson json) {
        String where = file + ": tensor " + Printable.of(name);
        var fields = new Fields();
        json.object("tensor " + Printable.of(name), field -> {
            switch (field) {
                case "dtype" -> fields.dtype = dtype(where, json.string("dtype"));
                case "shape" -> fields.shape = json.longs("shape");
                case "data_offsets" -> fields.offsets = json.longs("data_offsets");
                default ->
                    throw new ModelFormatException(where + " has the field " + Printable.of(field)
                            + ", expected dtype, shape and data_offsets only");
            }
        });
        if (fields.dtype == null || fields.shape == null || fields.offsets == null) {
            throw new ModelFormatException(where + " lacks a field, expected dtype, shape and data_offsets");
        }
        return checked(where, name, fields.dtype, fields.shape, fields.offsets);
    }

    private static DType dtype(String where, String name) {
        return SafetensorsDType.named(name)
                .map(SafetensorsDType::dtype)
                .orElseThrow(() -> new ModelFormatException(where + " has the dtype " + Printable.of(name)
                        + ", expected one of " + SafetensorsDType.names() + "; convert it first"));
    }

    private static SafetensorsEntry checked(String where, String name, DType dtype, long[] lengths, long[] offsets) {
        if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0]) {
            throw new ModelFormatException(where + ": expected data_offsets [begin, end] with 0 <= begin <= end, got "
                    + Arrays.toString(offsets));
        }
        long needed = ByteCount.of(where, dtype, lengths);
        long got = offsets[1] - offsets[0];
        if (needed != got) {
            throw new ModelFormatException(where + ": " + TensorType.of(dtype, lengths) + " takes " + needed
                    + " bytes, got data_offsets over " + got);
        }
        return new SafetensorsEntry(name, dtype, Shape.of(lengths), offsets[0], offsets[1]);
    }

    /** What the header says of one tensor, so far. */
    private static final class Fields {
        private @Nullable DType dtype;
        private long @Nullable [] shape;
        private long @Nullable [] offsets;
    }
}

package dev.heddle.runtime.session;

import dev.heddle.runtime.ModelFormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Looks at the data files of a model before ONNX Runtime maps them: they must lie in the model's folder and be as long as the weights say. ONNX Runtime refuses such
 * models as well, each version in its own words. Weights of inner graphs are left to it, and so is a file that is no model.
 */
final class ExternalData {

    private static final int LONGEST_TEXT = 4096;
    private static final int EXTERNAL = 1;

    // Field numbers of onnx.proto.
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_EXTERNAL_DATA = 13;
    private static final int TENSOR_DATA_LOCATION = 14;
    private static final int ENTRY_KEY = 1;
    private static final int ENTRY_VALUE = 2;

    private final ModelFile model;
    private final Map<String, Long> sizes = new HashMap<>();

    private ExternalData(ModelFile model) {
        this.model = model;
    }

    /** @throws ModelFormatException if a weight lies outside the model's folder, or its file is missing or too short */
    static void check(ModelFile model) {
        try (InputStream in = Files.newInputStream(model.onnx())) {
            new ExternalData(model).check(new ProtoStream(in), Files.size(model.onnx()));
        } catch (EOFException | ArithmeticException e) {
            // No model, or a broken one: ONNX Runtime says so.
        } catch (IOException e) {
            throw new ModelFormatException(model.onnx() + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private void check(ProtoStream file, long bytes) throws IOException {
        file.message(bytes, field -> {
            if (field == MODEL_GRAPH) {
                file.message(inGraph -> {
                    if (inGraph == GRAPH_INITIALIZER) {
                        checkTensor(file);
                    }
                });
            }
        });
    }

    private void checkTensor(ProtoStream file) throws IOException {
        Map<String, String> entries = new HashMap<>();
        String[] name = {""};
        boolean[] external = {false};
        file.message(field -> {
            switch (field) {
                case TENSOR_NAME -> name[0] = file.text(LONGEST_TEXT);
                case TENSOR_DATA_LOCATION -> external[0] = file.number() == EXTERNAL;
                case TENSOR_EXTERNAL_DATA -> readEntry(file, entries);
                default -> {}
            }
        });
        if (external[0]) {
            checkPlace(name[0], entries);
        }
    }

    private static void readEntry(ProtoStream file, Map<String, String> entries) throws IOException {
        String[] entry = {"", ""};
        file.message(field -> {
            if (field == ENTRY_KEY || field == ENTRY_VALUE) {
                entry[field - 1] = file.text(LONGEST_TEXT);
            }
        });
        entries.put(entry[0], entry[1]);
    }

    private void checkPlace(String tensor, Map<String, String> entries) throws IOException {
        String location = entries.getOrDefault("location", "");
        Long known = sizes.get(location);
        long size = known == null ? size(tensor, location) : known;
        sizes.put(location, size);
        long offset = number(tensor, entries, "offset");
        long length = number(tensor, entries, "length");
        if (offset > size - length) {
            throw refused(
                    tensor,
                    "expected its data at bytes " + offset + " to " + (offset + length) + " of " + location
                            + ", got a file of " + size + " bytes; copy it again");
        }
    }

    private long size(String tensor, String location) throws IOException {
        Path file = inside(tensor, location);
        if (!Files.isRegularFile(file)) {
            throw refused(
                    tensor,
                    "expected its data in " + location + " beside the model, found no such file; copy it as well");
        }
        Path real = file.toRealPath();
        // In the cache of a hub, the model and its data are links to files that lie together elsewhere.
        Path realModel = model.onnx().toRealPath().resolveSibling("");
        if (!real.startsWith(model.folder().toRealPath()) && !real.startsWith(realModel)) {
            throw refused(tensor, "expected its data in the model's folder, but " + location + " is a link to " + real);
        }
        return Files.size(real);
    }

    private Path inside(String tensor, String location) {
        try {
            Path relative = Path.of(location);
            boolean inside = !location.isBlank() && !relative.isAbsolute() && location.indexOf('\\') < 0;
            for (Path part : relative) {
                inside &= !part.toString().equals("..");
            }
            if (inside) {
                return model.folder().resolve(relative);
            }
        } catch (InvalidPathException e) {
            // Not inside either.
        }
        throw refused(tensor, "expected its data in a file of the model's folder, got the location '" + location + "'");
    }

    private long number(String tensor, Map<String, String> entries, String key) {
        String text = entries.getOrDefault(key, "0");
        if (!text.matches("\\d{1,18}")) {
            throw refused(tensor, "expected a number of bytes as the " + key + " of its data, got '" + text + "'");
        }
        return Long.parseLong(text);
    }

    /** Names come from the file: what would break the line or steer a terminal is shown as a question mark. */
    private ModelFormatException refused(String tensor, String problem) {
        return new ModelFormatException(
                model.onnx() + ": " + ("tensor " + tensor + ": " + problem).replaceAll("\\p{Cntrl}", "?"));
    }
}

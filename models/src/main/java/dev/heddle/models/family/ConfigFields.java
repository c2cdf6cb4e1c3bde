package dev.heddle.models.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.checkpoint.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of one object of a configuration. It remembers which ones were asked for, so that {@link #refuseOthers}
 * can name a field that nobody knows: it may change the function. A field that is {@code null} counts as absent, except
 * where said. Every method throws {@link ModelFormatException} for a value of the wrong kind.
 */
final class ConfigFields {

    /** Far above any model's sizes, and small enough that a few of them multiplied fit a long. */
    private static final int LARGEST_COUNT = 1 << 28;
    /** Far above any model's, so that a wrong number ends in a message and not in a full heap. */
    private static final int MOST_LAYERS = 10_000;

    private final String file;
    private final String prefix;
    private final JsonNode object;
    private final Set<String> known = new TreeSet<>();

    private ConfigFields(String file, String prefix, JsonNode object) {
        this.file = file;
        this.prefix = prefix;
        this.object = object;
    }

    static ConfigFields of(ModelConfig config) {
        if (!config.json().isObject()) {
            throw new ModelFormatException(config.file() + ": expected a JSON object, got "
                    + Printable.of(config.json().toString()));
        }
        return new ConfigFields(config.file(), "", config.json());
    }

    ModelFormatException failure(String field, String expected, String hint) {
        JsonNode value = object.path(field);
        String got = value.isMissingNode() ? "nothing" : Printable.of(value.toString());
        return new ModelFormatException(
                file + ": " + prefix + Printable.of(field) + ": expected " + expected + ", got " + got + "; " + hint);
    }

    private JsonNode value(String field) {
        known.add(field);
        JsonNode value = object.path(field);
        return value.isNull() ? MissingNode.getInstance() : value;
    }

    /** True if the field is there and not null. */
    boolean has(String field) {
        return !value(field).isMissingNode();
    }

    ConfigFields section(String field) {
        JsonNode value = value(field);
        if (!value.isObject()) {
            throw failure(field, "an object", "correct the file");
        }
        return new ConfigFields(file, prefix + field + ".", value);
    }

    /** The section of that name, or an empty one. */
    ConfigFields sectionOrEmpty(String field) {
        return has(field)
                ? section(field)
                : new ConfigFields(file, prefix + field + ".", JsonNodeFactory.instance.objectNode());
    }

    int count(String field) {
        JsonNode value = value(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 1) {
            throw failure(field, "a whole number of at least 1", "correct the file");
        }
        if (value.longValue() > LARGEST_COUNT) {
            throw failure(field, "a whole number of at most " + LARGEST_COUNT, "correct the file");
        }
        return value.intValue();
    }

    int count(String field, int fallback) {
        return has(field) ? count(field) : fallback;
    }

    /** As {@link #count(String)}, for a number of layers. */
    int layers(String field) {
        int layers = count(field);
        if (layers > MOST_LAYERS) {
            throw failure(field, "at most " + MOST_LAYERS + " layers", "correct the file");
        }
        return layers;
    }

    /** Empty if the field is null; the fallback if it is not there at all. */
    OptionalInt countOrNull(String field, OptionalInt fallback) {
        known.add(field);
        if (!object.has(field)) {
            return fallback;
        }
        return has(field) ? OptionalInt.of(count(field)) : OptionalInt.empty();
    }

    boolean isMinusOne(String field) {
        return value(field).isIntegralNumber() && value(field).longValue() == -1;
    }

    double positive(String field) {
        JsonNode value = value(field);
        if (!value.isNumber() || !(value.doubleValue() > 0) || !Double.isFinite(value.doubleValue())) {
            throw failure(field, "a number above 0", "correct the file");
        }
        return value.doubleValue();
    }

    double positive(String field, double fallback) {
        return has(field) ? positive(field) : fallback;
    }

    boolean flag(String field, boolean fallback) {
        if (!has(field)) {
            return fallback;
        }
        if (!value(field).isBoolean()) {
            throw failure(field, "true or false", "correct the file");
        }
        return value(field).booleanValue();
    }

    Optional<String> text(String field) {
        if (!has(field)) {
            return Optional.empty();
        }
        if (!value(field).isTextual()) {
            throw failure(field, "a text", "correct the file");
        }
        return Optional.of(value(field).textValue());
    }

    /** The value of a field that must be there, as a text, also if it is a number. */
    String scalar(String field) {
        if (!value(field).isTextual() && !value(field).isIntegralNumber()) {
            throw failure(field, "a text", "correct the file");
        }
        return value(field).asText();
    }

    /** Whole numbers of at least 0; none if the field is absent. */
    List<Integer> indices(String field) {
        List<Integer> indices = new ArrayList<>();
        for (JsonNode element : value(field)) {
            if (!element.isIntegralNumber() || !element.canConvertToInt() || element.intValue() < 0) {
                throw failure(field, "a list of whole numbers of at least 0", "correct the file");
            }
            indices.add(element.intValue());
        }
        if (has(field) && !value(field).isArray()) {
            throw failure(field, "a list of whole numbers of at least 0", "correct the file");
        }
        return indices;
    }

    /** Requires that the field is absent, null or this value (as text: {@code silu}, {@code false}, {@code 1.0}). */
    void requireNeutral(String field, String neutral) {
        JsonNode value = value(field);
        String text = value.isNumber() ? Double.toString(value.doubleValue()) : value.asText();
        if (!value.isMissingNode() && !text.equals(neutral)) {
            throw failure(field, neutral, "another value is not supported");
        }
    }

    /** Requires that the field is absent or null. */
    void requireAbsent(String field) {
        if (has(field)) {
            throw failure(field, "null", "this feature is not supported");
        }
    }

    /**
     * @param harmless fields that do not change the function at inference
     * @throws ModelFormatException if a field is neither harmless nor was asked for
     */
    void refuseOthers(Set<String> harmless) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            boolean unknown = !known.contains(field.getKey()) && !harmless.contains(field.getKey());
            if (unknown && !field.getValue().isNull()) {
                throw failure(
                        field.getKey(), "only fields whose meaning is known", "it may change what the model computes");
            }
        }
    }
}

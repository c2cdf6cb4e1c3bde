package dev.heddle.models.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object read field by field, so that nothing is kept that was not asked for. Refuses what a lenient reader
 * would pass over: repeated fields, values of another kind, text after the end. Not for reuse.
 */
final class StrictJson {

    /** More axes than any tensor that Heddle knows; keeps a small header from growing into a large heap. */
    private static final int MAX_LONGS = 16;

    private final String where;
    private final JsonParser parser;

    private StrictJson(String where, JsonParser parser) {
        this.where = where;
        this.parser = parser;
    }

    /**
     * Reads a whole document that must be one object.
     *
     * @param where file and part of it, to begin messages with
     * @param field given each field's name; must read its value
     */
    static void read(String where, ByteBuffer text, FieldReader field) {
        // Field names are tensor names: different in every file, so interning them only fills the JVM's string table.
        JsonFactory factory = JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
        try (JsonParser parser = factory.createParser(new ByteBufferBackedInputStream(text))) {
            var json = new StrictJson(where, parser);
            json.advance();
            json.object("the document", name -> field.read(json, name));
            if (json.advance() != null) {
                throw json.error("expected nothing after the document, got " + json.kind());
            }
        } catch (IOException e) {
            throw new ModelFormatException(where + " cannot be read as JSON: " + e.getMessage(), e);
        }
    }

    /** Reads one field of the document. */
    @FunctionalInterface
    interface FieldReader {
        void read(StrictJson json, String name);
    }

    /** The value must be an object; {@code field} must read the value of each field it is given. */
    void object(String what, Consumer<String> field) {
        require(JsonToken.START_OBJECT, what, "an object");
        Set<String> seen = new HashSet<>();
        while (advance() == JsonToken.FIELD_NAME) {
            String name = text();
            if (!seen.add(name)) {
                throw error(what + " has the field " + Printable.of(name) + " twice, expected it once");
            }
            advance();
            field.accept(name);
        }
    }

    String string(String what) {
        require(JsonToken.VALUE_STRING, what, "a string");
        return text();
    }

    long[] longs(String what) {
        require(JsonToken.START_ARRAY, what, "an array");
        long[] values = new long[MAX_LONGS];
        int count = 0;
        while (advance() != JsonToken.END_ARRAY) {
            require(JsonToken.VALUE_NUMBER_INT, "an element of " + what, "a whole number");
            if (count == MAX_LONGS) {
                throw error(what + " has more than " + MAX_LONGS + " elements");
            }
            values[count++] = number(what);
        }
        return Arrays.copyOf(values, count);
    }

    /** Passes over the value. */
    void skip() {
        try {
            parser.skipChildren();
        } catch (IOException e) {
            throw notJson(e);
        }
    }

    private long number(String what) {
        try {
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw error(what + " has a number that does not fit 64 bits");
            }
            return parser.getLongValue();
        } catch (IOException e) {
            throw notJson(e);
        }
    }

    private String text() {
        try {
            return parser.getText();
        } catch (IOException e) {
            throw notJson(e);
        }
    }

    private @Nullable JsonToken advance() {
        try {
            return parser.nextToken();
        } catch (IOException e) {
            throw notJson(e);
        }
    }

    private void require(JsonToken token, String what, String expected) {
        if (parser.currentToken() != token) {
            throw error("expected " + what + " to be " + expected + ", got " + kind());
        }
    }

    private String kind() {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "a whole number";
            case VALUE_NUMBER_FLOAT -> "a fraction";
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> token.asString();
            default -> "an end";
        };
    }

    private ModelFormatException error(String message) {
        return new ModelFormatException(where + ": " + message);
    }

    private ModelFormatException notJson(IOException e) {
        long position = parser.currentLocation().getByteOffset();
        return new ModelFormatException(
                where + ": not valid JSON at byte " + position + "; download the file again", e);
    }
}

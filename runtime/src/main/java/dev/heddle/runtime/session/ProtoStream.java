package dev.heddle.runtime.session;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The fields of a protobuf message, one after the other, without holding any: a model file may have two gigabytes. Fields nobody asks for are passed over.
 * https://protobuf.dev/programming-guides/encoding
 */
final class ProtoStream {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final int LONGEST_VARINT_BITS = 64;

    private final InputStream in;
    private long position;
    private int wireType;

    /** Deals with one field, or leaves it. */
    @FunctionalInterface
    interface Field {
        void read(int number) throws IOException;
    }

    ProtoStream(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /** Goes through a message of this many bytes that begins here. */
    void message(long bytes, Field field) throws IOException {
        long end = Math.addExact(position, bytes);
        while (position < end) {
            long tag = varint();
            wireType = (int) (tag & 7);
            long before = position;
            field.read((int) (tag >>> 3));
            if (position == before) {
                skip();
            }
        }
        if (position != end) {
            throw new EOFException("a field reaches beyond its message");
        }
    }

    /** Goes through the message that is the current field. */
    void message(Field field) throws IOException {
        message(length(), field);
    }

    /** The number that is the current field. */
    long number() throws IOException {
        require(VARINT);
        return varint();
    }

    /** The text that is the current field; what is beyond the limit is left out. */
    String text(int limit) throws IOException {
        long length = length();
        byte[] bytes = in.readNBytes((int) Math.min(length, limit));
        position += bytes.length;
        pass(length - bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void skip() throws IOException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> pass(Long.BYTES);
            case BYTES -> pass(length());
            case FIXED32 -> pass(Integer.BYTES);
            default -> throw new EOFException("no such kind of field: " + wireType);
        }
    }

    private long length() throws IOException {
        require(BYTES);
        long length = varint();
        if (length < 0) {
            throw new EOFException("a field has " + length + " bytes");
        }
        return length;
    }

    private void require(int expected) throws IOException {
        if (wireType != expected) {
            throw new EOFException("expected a field of kind " + expected + ", got " + wireType);
        }
    }

    private void pass(long bytes) throws IOException {
        in.skipNBytes(bytes);
        position += bytes;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < LONGEST_VARINT_BITS; shift += 7) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the file ends in a number");
            }
            position++;
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new EOFException("a number has more than 64 bits");
    }
}

package dev.heddle.runtime.text;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks over the fields of one protobuf message; enough to read a few numbers without generated classes.
 *
 * <p>Broken bytes end in {@link BufferUnderflowException} or {@link IllegalArgumentException}. Not thread-safe.
 */
final class ProtoFields {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private final ByteBuffer bytes;
    private int number;
    private long varint;
    private ByteBuffer message = ByteBuffer.allocate(0);

    ProtoFields(ByteBuffer bytes) {
        this.bytes = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Moves to the next field; false at the end. */
    boolean next() {
        if (!bytes.hasRemaining()) {
            return false;
        }
        long tag = readVarint();
        number = (int) (tag >>> 3);
        int wireType = (int) (tag & 7);
        switch (wireType) {
            case VARINT -> varint = readVarint();
            case FIXED_64 -> bytes.getLong();
            case BYTES -> message = readBytes();
            case FIXED_32 -> bytes.getInt();
            default -> throw new IllegalArgumentException("wire type " + wireType);
        }
        return true;
    }

    /** Number of the current field. */
    int number() {
        return number;
    }

    /** The last number read, signed. */
    long varint() {
        return varint;
    }

    /** The last bytes read. */
    ByteBuffer message() {
        return message;
    }

    private ByteBuffer readBytes() {
        long size = readVarint();
        if (size < 0 || size > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer slice = bytes.slice(bytes.position(), (int) size);
        bytes.position(bytes.position() + (int) size);
        return slice;
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte part = bytes.get();
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than ten bytes");
    }
}

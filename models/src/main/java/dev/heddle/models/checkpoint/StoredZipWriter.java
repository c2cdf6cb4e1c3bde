package dev.heddle.models.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a zip file as torch does: entries stored as they are, each content at a multiple of 64 bytes so that it can be
 * mapped, with 64-bit fields where a number needs them. No times, so the same entries give the same bytes.
 *
 * <p>PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3; the padding field is torch's
 * {@code caffe2/serialize/inline_container.cc}, 2025.
 */
final class StoredZipWriter {

    static final int ALIGNMENT = 64;
    static final long LIMIT_32 = 0xFFFFFFFFL;

    private static final int UTF_8_NAME = 1 << 11;
    private static final short VERSION_64 = 45;
    /** 1980-01-01, the first day a zip can express. */
    private static final short NO_DATE = 0x21;

    private static final short PADDING_FIELD = 0x4246;
    private static final short FIELD_64 = 1;
    private static final int MAX_ENTRIES_16 = 0xFFFF;
    private static final int CHECKSUM_OFFSET = 14;

    private final FileChannel channel;
    private final long limit;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * @param limit numbers from here on are written as 64-bit fields: {@link #LIMIT_32}, or less to try them on a small
     *     file
     */
    StoredZipWriter(FileChannel channel, long limit) {
        this.channel = channel;
        this.limit = limit;
    }

    void add(String name, byte[] content) throws IOException {
        add(name, content.length, target -> target.writeFully(ByteBuffer.wrap(content)));
    }

    void add(String name, long bytes, Content content) throws IOException {
        long header = channel.position();
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        writeFully(local(nameBytes, bytes, header));
        var counted = new CountingChannel(channel);
        content.writeTo(counted);
        counted.requireCount(name, bytes);
        ByteBuffer checksum =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, counted.crc32());
        channel.write(checksum, header + CHECKSUM_OFFSET);
        entries.add(new Entry(nameBytes, header, bytes, counted.crc32()));
    }

    void finish() throws IOException {
        long start = channel.position();
        for (Entry entry : entries) {
            writeFully(central(entry));
        }
        writeFully(end(start, channel.position() - start));
    }

    private ByteBuffer local(byte[] name, long bytes, long header) {
        boolean wide = bytes >= limit;
        int fieldBytes = wide ? 20 : 0;
        long unpadded = header + 30 + name.length + fieldBytes + 4;
        int padding = (int) (-unpadded & (ALIGNMENT - 1));
        ByteBuffer local = buffer(30 + name.length + fieldBytes + 4 + padding);
        local.putInt(0x04034b50)
                .putShort(VERSION_64)
                .putShort((short) UTF_8_NAME)
                .putShort((short) 0);
        local.putShort((short) 0).putShort(NO_DATE).putInt(0);
        local.putInt(narrow(bytes)).putInt(narrow(bytes));
        local.putShort((short) name.length)
                .putShort((short) (fieldBytes + 4 + padding))
                .put(name);
        if (wide) {
            local.putShort(FIELD_64).putShort((short) 16).putLong(bytes).putLong(bytes);
        }
        local.putShort(PADDING_FIELD).putShort((short) padding);
        while (local.hasRemaining()) {
            local.put((byte) 'Z');
        }
        return local.flip();
    }

    private ByteBuffer central(Entry entry) {
        boolean wideSize = entry.bytes >= limit;
        boolean wideHeader = entry.header >= limit;
        int wide = (wideSize ? 16 : 0) + (wideHeader ? 8 : 0);
        int extra = wide == 0 ? 0 : 4 + wide;
        ByteBuffer central = buffer(46 + entry.name.length + extra);
        central.putInt(0x02014b50).putShort(VERSION_64).putShort(VERSION_64).putShort((short) UTF_8_NAME);
        central.putShort((short) 0).putShort((short) 0).putShort(NO_DATE).putInt(entry.checksum);
        central.putInt(narrow(entry.bytes)).putInt(narrow(entry.bytes));
        central.putShort((short) entry.name.length).putShort((short) extra).putShort((short) 0);
        central.putShort((short) 0)
                .putShort((short) 0)
                .putInt(0)
                .putInt(narrow(entry.header))
                .put(entry.name);
        if (wide > 0) {
            central.putShort(FIELD_64).putShort((short) wide);
        }
        if (wideSize) {
            central.putLong(entry.bytes).putLong(entry.bytes);
        }
        if (wideHeader) {
            central.putLong(entry.header);
        }
        return central.flip();
    }

    private ByteBuffer end(long start, long bytes) {
        int count = entries.size();
        boolean wide = start >= limit || bytes >= limit || count >= MAX_ENTRIES_16;
        ByteBuffer end = buffer(22 + (wide ? 56 + 20 : 0));
        if (wide) {
            end.putInt(0x06064b50)
                    .putLong(44)
                    .putShort(VERSION_64)
                    .putShort(VERSION_64)
                    .putInt(0)
                    .putInt(0);
            end.putLong(count).putLong(count).putLong(bytes).putLong(start);
            end.putInt(0x07064b50).putInt(0).putLong(start + bytes).putInt(1);
        }
        short count16 = (short) Math.min(count, MAX_ENTRIES_16);
        end.putInt(0x06054b50)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort(count16)
                .putShort(count16);
        return end.putInt(narrow(bytes))
                .putInt(narrow(start))
                .putShort((short) 0)
                .flip();
    }

    private int narrow(long number) {
        return (int) (number >= limit ? LIMIT_32 : number);
    }

    private void writeFully(ByteBuffer buffer) throws IOException {
        new CountingChannel(channel).writeFully(buffer);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes the content of one entry. */
    @FunctionalInterface
    interface Content {
        void writeTo(CountingChannel target) throws IOException;
    }

    private static final class Entry {
        private final byte[] name;
        private final long header;
        private final long bytes;
        private final int checksum;

        Entry(byte[] name, long header, long bytes, int checksum) {
            this.name = name;
            this.header = header;
            this.bytes = bytes;
            this.checksum = checksum;
        }
    }
}

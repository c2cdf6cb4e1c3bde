package dev.heddle.models.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The entries of a zip file by name. Only what torch writes is accepted: every entry stored as it is, under a relative
 * path, none twice, none over another.
 *
 * <p>PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.5.3. Checksums are not compared, since that would read the
 * whole file.
 */
final class ZipDirectory {

    private static final int MAX_BYTES = 32 << 20;
    private static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int ENCRYPTED = 1;
    private static final int EXTRA_64 = 1;
    private static final long IN_EXTRA_64 = 0xFFFFFFFFL;

    private final MappedFile file;
    private final ZipEnd end;
    private final SortedMap<String, ZipEntryRange> entries = new TreeMap<>();

    private ZipDirectory(MappedFile file, ZipEnd end) {
        this.file = file;
        this.end = end;
    }

    static SortedMap<String, ZipEntryRange> read(MappedFile file) {
        var directory = new ZipDirectory(file, ZipEnd.read(file));
        directory.readEntries();
        directory.requireApart();
        return directory.entries;
    }

    private void readEntries() {
        if (end.directoryBytes() > MAX_BYTES) {
            throw error("the zip directory has " + end.directoryBytes() + " bytes, expected at most " + MAX_BYTES);
        }
        ByteBuffer directory = file.read(end.directoryStart(), (int) end.directoryBytes());
        long count = 0;
        while (directory.hasRemaining()) {
            readEntry(directory);
            count++;
        }
        if (count != end.entries()) {
            throw error("the zip directory has " + count + " entries, expected " + end.entries());
        }
    }

    private void readEntry(ByteBuffer directory) {
        int at = directory.position();
        if (directory.remaining() < ENTRY_BYTES || directory.getInt(at) != ENTRY) {
            throw error("the zip directory is damaged at byte " + (end.directoryStart() + at));
        }
        int nameBytes = unsigned(directory, at + 28);
        int extraBytes = unsigned(directory, at + 30);
        int commentBytes = unsigned(directory, at + 32);
        if (directory.remaining() < ENTRY_BYTES + nameBytes + extraBytes + commentBytes) {
            throw error("the zip directory is damaged at byte " + (end.directoryStart() + at));
        }
        String name = StandardCharsets.UTF_8
                .decode(directory.slice(at + ENTRY_BYTES, nameBytes))
                .toString();
        requireStored(name, unsigned(directory, at + 8), unsigned(directory, at + 10));
        requireInside(name);
        var sizes = new Sizes(directory, at, nameBytes, extraBytes);
        if (sizes.packed != sizes.bytes) {
            throw error(entry(name) + " has " + sizes.bytes + " bytes, got " + sizes.packed + " stored");
        }
        if (entries.put(name, locate(name, sizes.header, sizes.bytes)) != null) {
            throw error(entry(name) + " occurs twice, expected it once");
        }
        directory.position(at + ENTRY_BYTES + nameBytes + extraBytes + commentBytes);
    }

    private void requireStored(String name, int flags, int method) {
        if ((flags & ENCRYPTED) != 0) {
            throw error(entry(name) + " is encrypted, expected it stored as it is; save it with torch.save");
        }
        if (method != 0) {
            throw error(entry(name) + " is compressed (method " + method
                    + "), expected it stored as it is; save it with torch.save");
        }
    }

    private void requireInside(String name) {
        boolean climbs = List.of(name.split("/", -1)).contains("..");
        if (name.isEmpty() || name.startsWith("/") || name.contains("\\") || name.contains(":") || climbs) {
            throw error(entry(name) + " has a path that leaves the zip; the file was not written by torch.save");
        }
    }

    /** Local headers may have an extra field of another length than the directory says, so each is looked at. */
    private ZipEntryRange locate(String name, long header, long bytes) {
        long limit = end.directoryStart();
        if (header < 0 || bytes < 0 || header > limit - LOCAL_BYTES) {
            throw outside(name);
        }
        ByteBuffer local = file.read(header, LOCAL_BYTES);
        int nameBytes = unsigned(local, 26);
        long start = header + LOCAL_BYTES + nameBytes + unsigned(local, 28);
        if (local.getInt(0) != LOCAL || bytes > limit - start) {
            throw outside(name);
        }
        String localName = StandardCharsets.UTF_8
                .decode(file.read(header + LOCAL_BYTES, nameBytes))
                .toString();
        if (!localName.equals(name) || unsigned(local, 8) != 0) {
            throw error(entry(name) + " is described otherwise in front of its content, as " + Printable.of(localName)
                    + " with method " + unsigned(local, 8));
        }
        return new ZipEntryRange(name, header, start, bytes);
    }

    private void requireApart() {
        List<ZipEntryRange> ordered = new ArrayList<>(entries.values());
        ordered.sort(Comparator.comparingLong(ZipEntryRange::header));
        long free = 0;
        for (ZipEntryRange range : ordered) {
            if (range.header() < free) {
                throw error(entry(range.name()) + " begins at byte " + range.header()
                        + ", inside the one before, which ends at " + free);
            }
            free = range.end();
        }
    }

    private ModelFormatException outside(String name) {
        return error(entry(name) + " does not lie in the file; download it again");
    }

    private ModelFormatException error(String message) {
        return new ModelFormatException(file.name() + ": " + message);
    }

    private static String entry(String name) {
        return "entry " + Printable.of(name);
    }

    private static int unsigned(ByteBuffer buffer, int position) {
        return Short.toUnsignedInt(buffer.getShort(position));
    }

    /** Sizes and place of one entry: 32-bit numbers, of which those that are full stand in the 64-bit extra field. */
    private final class Sizes {
        private long bytes;
        private long packed;
        private long header;

        Sizes(ByteBuffer directory, int at, int nameBytes, int extraBytes) {
            packed = Integer.toUnsignedLong(directory.getInt(at + 20));
            bytes = Integer.toUnsignedLong(directory.getInt(at + 24));
            header = Integer.toUnsignedLong(directory.getInt(at + 42));
            ByteBuffer extra = extra64(
                    directory.slice(at + ENTRY_BYTES + nameBytes, extraBytes).order(directory.order()));
            bytes = bytes == IN_EXTRA_64 ? next(extra) : bytes;
            packed = packed == IN_EXTRA_64 ? next(extra) : packed;
            header = header == IN_EXTRA_64 ? next(extra) : header;
        }

        private ByteBuffer extra64(ByteBuffer extra) {
            while (extra.remaining() >= 4) {
                int id = Short.toUnsignedInt(extra.getShort());
                int length = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
                if (id == EXTRA_64) {
                    return extra.slice(extra.position(), length).order(extra.order());
                }
                extra.position(extra.position() + length);
            }
            return ByteBuffer.allocate(0);
        }

        private long next(ByteBuffer extra) {
            if (extra.remaining() < Long.BYTES) {
                throw error("the zip directory lacks a 64-bit size");
            }
            return extra.getLong();
        }
    }
}

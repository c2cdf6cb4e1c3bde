package dev.heddle.models.checkpoint;

import java.nio.ByteBuffer;

/**
 * Where the central directory of a zip file lies, from the records at the end of the file. Handles the 64-bit records,
 * which files over 4 GiB need.
 *
 * <p>PKWARE APPNOTE 6.3.10, sections 4.3.14 to 4.3.16.
 */
record ZipEnd(long directoryStart, long directoryBytes, long entries) {

    private static final int RECORD = 0x06054b50;
    private static final int RECORD_BYTES = 22;
    private static final int MAX_COMMENT_BYTES = 0xFFFF;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int LOCATOR_64_BYTES = 20;
    private static final int RECORD_64 = 0x06064b50;
    private static final int RECORD_64_BYTES = 56;

    static ZipEnd read(MappedFile file) {
        long record = find(file);
        boolean has64 = record >= LOCATOR_64_BYTES
                && file.read(record - LOCATOR_64_BYTES, 4).getInt() == LOCATOR_64;
        long end = record;
        ZipEnd found;
        if (has64) {
            end = file.read(record - LOCATOR_64_BYTES + 8, 8).getLong();
            found = read64(file, end, record - LOCATOR_64_BYTES);
        } else {
            found = read32(file, record);
        }
        // Compared without a sum, which hostile values could overflow.
        if (found.directoryStart < 0
                || found.directoryBytes < 0
                || found.directoryBytes != end - found.directoryStart) {
            throw damaged(file, "the directory does not lie where its end record says");
        }
        return found;
    }

    private static long find(MappedFile file) {
        int bytes = (int) Math.min(file.size(), RECORD_BYTES + MAX_COMMENT_BYTES);
        ByteBuffer tail = file.read(file.size() - bytes, bytes);
        for (int i = bytes - RECORD_BYTES; i >= 0; i--) {
            if (tail.getInt(i) == RECORD && i + RECORD_BYTES + unsigned(tail, i + 20) == bytes) {
                return file.size() - bytes + i;
            }
        }
        throw damaged(file, "no end record was found");
    }

    private static ZipEnd read32(MappedFile file, long start) {
        ByteBuffer record = file.read(start, RECORD_BYTES);
        int entries = unsigned(record, 10);
        if (unsigned(record, 4) != 0 || unsigned(record, 6) != 0 || unsigned(record, 8) != entries) {
            throw damaged(file, "the zip says that it has several parts");
        }
        return new ZipEnd(
                Integer.toUnsignedLong(record.getInt(16)), Integer.toUnsignedLong(record.getInt(12)), entries);
    }

    private static ZipEnd read64(MappedFile file, long start, long limit) {
        if (start < 0 || start > limit - RECORD_64_BYTES) {
            throw damaged(file, "its 64-bit end record lies outside of the file");
        }
        ByteBuffer record = file.read(start, RECORD_64_BYTES);
        long entries = record.getLong(32);
        if (record.getInt(0) != RECORD_64) {
            throw damaged(file, "its 64-bit end record is missing");
        }
        if (record.getInt(16) != 0 || record.getInt(20) != 0 || record.getLong(24) != entries) {
            throw damaged(file, "the zip says that it has several parts");
        }
        return new ZipEnd(record.getLong(48), record.getLong(40), entries);
    }

    private static int unsigned(ByteBuffer buffer, int position) {
        return Short.toUnsignedInt(buffer.getShort(position));
    }

    private static ModelFormatException damaged(MappedFile file, String what) {
        return new ModelFormatException(
                file.name() + ": expected a zip as torch.save writes it, but " + what + "; download it again");
    }
}

package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZipDirectoryTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(longs = {0, 3, 100, StoredZipWriter.LIMIT_32})
    void entries_areFoundWith32And64BitFields(long limit) throws IOException {
        Path file = TwoEntryZip.write(folder, limit);

        SortedMap<String, ZipEntryRange> entries = read(file);

        byte[] bytes = Files.readAllBytes(file);
        assertThat(entries).containsOnlyKeys("m/a", "m/b");
        assertThat(content(bytes, entries.get("m/a"))).isEqualTo("abc");
        assertThat(content(bytes, entries.get("m/b"))).isEqualTo("defg");
    }

    @Test
    void contents_areAligned() throws IOException {
        SortedMap<String, ZipEntryRange> entries = read(TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32));

        assertThat(entries.get("m/a")).isEqualTo(new ZipEntryRange("m/a", 0, 64, 3));
        assertThat(entries.get("m/b")).isEqualTo(new ZipEntryRange("m/b", 67, 128, 4));
    }

    @Test
    void zip_ofAnotherProgram_isRead() throws IOException {
        Path file = javaZip("m/x", ZipEntry.STORED);

        assertThat(read(file).get("m/x").bytes()).isEqualTo(5);
    }

    @Test
    void entry_thatIsCompressed_isRefused() throws IOException {
        assertRefused(
                javaZip("m/x", ZipEntry.DEFLATED),
                "m.pth: entry m/x is compressed (method 8), expected it stored as it is; save it with torch.save");
    }

    @ParameterizedTest
    @CsvSource({
        "../x", "m/../x", "m/..", "..", "/etc/x", "m\\x", "C:x",
    })
    void entry_outsideOfTheZip_isRefused(String name) throws IOException {
        assertRefused(
                javaZip(name, ZipEntry.STORED),
                "m.pth: entry " + name + " has a path that leaves the zip; the file was not written by torch.save");
    }

    @Test
    void entry_withoutAName_isRefused() throws IOException {
        Path file = TwoEntryZip.write(folder, "", "m/b", StoredZipWriter.LIMIT_32);

        assertRefused(file, "m.pth: entry  has a path that leaves the zip; the file was not written by torch.save");
    }

    @Test
    void entry_withDotsInItsName_isRead() throws IOException {
        assertThat(read(javaZip("m/a..b/...", ZipEntry.STORED))).hasSize(1);
    }

    @Test
    void name_thatOccursTwice_isRefused() throws IOException {
        assertRefused(
                TwoEntryZip.write(folder, "m/a", "m/a", StoredZipWriter.LIMIT_32),
                "m.pth: entry m/a occurs twice, expected it once");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8  | 1          | entry m/b is encrypted, expected it stored as it is; save it with torch.save",
                "20 | 3          | entry m/b has 4 bytes, got 3 stored",
                "42 | 0          | entry m/b is described otherwise in front of its content, as m/a with method 0",
                "42 | 5          | entry m/b does not lie in the file; download it again",
                "42 | 2147483647 | entry m/b does not lie in the file; download it again",
                "46 | 0x632f6d   | entry m/c is described otherwise in front of its content, as m/b with method 0",
                "0  | 0          | the zip directory is damaged at byte 181",
                "28 | 4          | the zip directory is damaged at byte 181",
            })
    void directoryEntry_thatIsWrong_isRefused(int field, String value, String problem) throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        int bytes = field == 8 ? 2 : field == 28 ? 2 : field == 46 ? 3 : 4;
        TwoEntryZip.patch(file, TwoEntryZip.SECOND + field, Integer.decode(value), bytes);

        assertRefused(file, "m.pth: " + problem);
    }

    @Test
    void entry_thatIsLongerThanTheFile_isRefused() throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        TwoEntryZip.patch(file, TwoEntryZip.SECOND + 20, 5, 4);
        TwoEntryZip.patch(file, TwoEntryZip.SECOND + 24, 5, 4);

        assertRefused(file, "m.pth: entry m/b does not lie in the file; download it again");
    }

    @Test
    void entry_thatReachesIntoTheNext_isRefused() throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        TwoEntryZip.patch(file, TwoEntryZip.DIRECTORY + 20, 4, 4);
        TwoEntryZip.patch(file, TwoEntryZip.DIRECTORY + 24, 4, 4);

        assertRefused(file, "m.pth: entry m/b begins at byte 67, inside the one before, which ends at 68");
    }

    @Test
    void entry_thatIsCompressedInFrontOfItsContent_isRefused() throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        TwoEntryZip.patch(file, 67 + 8, 8, 2);

        assertRefused(file, "m.pth: entry m/b is described otherwise in front of its content, as m/b with method 8");
    }

    @Test
    void size_inA64BitFieldThatIsAbsent_isRefused() throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        TwoEntryZip.patch(file, TwoEntryZip.SECOND + 24, -1, 4);

        assertRefused(file, "m.pth: the zip directory lacks a 64-bit size");
    }

    @Test
    void numberOfEntries_thatTheDirectoryDoesNotHave_isRefused() throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        TwoEntryZip.patch(file, TwoEntryZip.END + 8, 3, 2);
        TwoEntryZip.patch(file, TwoEntryZip.END + 10, 3, 2);

        assertRefused(file, "m.pth: the zip directory has 2 entries, expected 3");
    }

    @ParameterizedTest
    @CsvSource({"4, 2", "20, 1"})
    void numbersOf64Bits_thatAreNegative_areRefused(int field, int count) throws IOException {
        Path file = TwoEntryZip.write(folder, 0);
        int extra = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).lastIndexOf("m/b") + 3;
        ByteBuffer negative = ByteBuffer.allocate(8 * count);
        while (negative.hasRemaining()) {
            negative.put((byte) -1);
        }
        TwoEntryZip.overwrite(file, extra + field, negative.array());

        assertRefused(file, "m.pth: entry m/b does not lie in the file; download it again");
    }

    @Test
    void name_thatLeavesTheFile_isRefused() throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        TwoEntryZip.patch(file, 67 + 26, 0xFFFF, 2);

        assertRefused(file, "m.pth: entry m/b does not lie in the file; download it again");
    }

    @Test
    void directory_overTheLimit_isRefused() throws IOException {
        byte[] bytes = new byte[(32 << 20) + 1 + 22];
        ByteBuffer.wrap(bytes, bytes.length - 22, 22)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x06054b50)
                .putLong(0)
                .putInt((32 << 20) + 1);
        Path file = Files.write(folder.resolve("m.pth"), bytes);

        assertRefused(file, "m.pth: the zip directory has 33554433 bytes, expected at most 33554432");
    }

    private Path javaZip(String name, int method) throws IOException {
        Path file = folder.resolve("m.pth");
        byte[] content = "hello".getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file);
                var zip = new ZipOutputStream(out)) {
            var entry = new ZipEntry(name);
            entry.setMethod(method);
            entry.setSize(content.length);
            entry.setCompressedSize(method == ZipEntry.STORED ? content.length : -1);
            entry.setCrc(0x3610a686);
            zip.putNextEntry(entry);
            zip.write(content);
            zip.closeEntry();
        }
        return file;
    }

    private static String content(byte[] bytes, ZipEntryRange entry) {
        return new String(bytes, (int) entry.start(), (int) entry.bytes(), StandardCharsets.UTF_8);
    }

    private static SortedMap<String, ZipEntryRange> read(Path file) {
        try (MappedFile mapped = MappedFile.open(file)) {
            return ZipDirectory.read(mapped);
        }
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(message);
    }
}

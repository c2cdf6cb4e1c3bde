package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZipEndTest {

    @TempDir
    private Path folder;

    @Test
    void zip_withAComment_isRead() throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        byte[] bytes = Files.readAllBytes(file);
        bytes[TwoEntryZip.END + 20] = 2;
        Files.write(file, ByteBuffer.allocate(bytes.length + 2).put(bytes).array());

        assertThat(read(file)).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"10, 3, 2", "8, 3, 2"})
    void numberOfEntries_thatDiffersInTheEndRecord_isRefused(int field, int value, int bytes) throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        TwoEntryZip.patch(file, TwoEntryZip.END + field, value, bytes);

        assertRefused(file, damaged("the zip says that it has several parts"));
    }

    @ParameterizedTest
    @CsvSource({"4, 1, 2", "6, 1, 2"})
    void zip_inParts_isRefused(int field, int value, int bytes) throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        TwoEntryZip.patch(file, TwoEntryZip.END + field, value, bytes);

        assertRefused(file, damaged("the zip says that it has several parts"));
    }

    @ParameterizedTest
    @CsvSource({"12, 97, 4", "12, -1, 4", "16, 131, 4", "16, -1, 4"})
    void directory_thatDoesNotEndAtTheEndRecord_isRefused(int field, int value, int bytes) throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        TwoEntryZip.patch(file, TwoEntryZip.END + field, value, bytes);

        assertRefused(file, damaged("the directory does not lie where its end record says"));
    }

    @Test
    void endRecord_thatIsAbsent_isRefused() throws IOException {
        Path file = TwoEntryZip.write(folder, StoredZipWriter.LIMIT_32);
        TwoEntryZip.patch(file, TwoEntryZip.END, 0, 4);

        assertRefused(file, damaged("no end record was found"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0  | 0  | its 64-bit end record is missing",
                "16 | 1  | the zip says that it has several parts",
                "20 | 1  | the zip says that it has several parts",
                "24 | 9  | the zip says that it has several parts",
                "40 | 1  | the directory does not lie where its end record says",
                "44 | -1 | the directory does not lie where its end record says",
                "52 | -1 | the directory does not lie where its end record says",
                "64 | 1  | its 64-bit end record is missing",
                "68 | -1 | its 64-bit end record lies outside of the file",
                "67 | 1  | its 64-bit end record lies outside of the file",
            })
    void endRecordOf64Bits_thatIsWrong_isRefused(int field, int value, String problem) throws IOException {
        Path file = TwoEntryZip.write(folder, 0);
        long end64 = Files.size(file) - 22 - 20 - 56;
        TwoEntryZip.patch(file, (int) end64 + field, value, 4);

        assertRefused(file, damaged(problem));
    }

    @Test
    void directory_thatStartsBeforeTheFile_isRefused() throws IOException {
        Path file = TwoEntryZip.write(folder, 0);
        long end64 = Files.size(file) - 22 - 20 - 56;
        ByteBuffer place = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(end64 + 1)
                .putLong(-1);
        TwoEntryZip.overwrite(file, (int) end64 + 40, place.array());

        assertRefused(file, damaged("the directory does not lie where its end record says"));
    }

    private static SortedMap<String, ZipEntryRange> read(Path file) {
        try (MappedFile mapped = MappedFile.open(file)) {
            return ZipDirectory.read(mapped);
        }
    }

    private static String damaged(String what) {
        return "m.pth: expected a zip as torch.save writes it, but " + what + "; download it again";
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(message);
    }
}

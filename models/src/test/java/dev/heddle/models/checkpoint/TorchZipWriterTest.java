package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchZipWriterTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(SafetensorsDType.class)
    void everyDtype_comesBack(SafetensorsDType format) throws IOException {
        DType dtype = format.dtype();
        int[] bytes = new int[6 * dtype.bytes()];
        bytes[bytes.length - 1] = 1;
        var tensors = new TreeMap<>(Map.of("a", ArrayTensor.ofBytes(TensorType.of(dtype, 2, 3), bytes)));

        TorchZipWriter.write(file(), tensors);

        try (Checkpoint checkpoint = Checkpoints.open(file())) {
            StoredTensor tensor = checkpoint.tensors().get("a");
            assertThat(tensor.dtype()).isEqualTo(dtype);
            assertThat(tensor.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(TensorValues.bytes(tensor)).hasSize(bytes.length).endsWith(0, 1);
        }
    }

    @Test
    void scalarsAndEmptyTensors_comeBack() throws IOException {
        var tensors = new TreeMap<String, ArrayTensor>();
        tensors.put("empty", ArrayTensor.ofFloats().shaped(0, 3));
        tensors.put("scalar", ArrayTensor.ofFloats(2.5f).shaped());

        TorchZipWriter.write(file(), tensors);

        try (Checkpoint checkpoint = Checkpoints.open(file())) {
            assertThat(checkpoint.tensors().get("empty").shape()).isEqualTo(Shape.of(0, 3));
            assertThat(TensorValues.floats(checkpoint.tensors().get("scalar"))).containsExactly(2.5f);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "archive/byteorder, little",
        "archive/version, '3\n'",
        "archive/data/0, AAAA",
        "archive/data/1, BBBB",
    })
    void entries_areThoseOfTorch(String name, String content) throws IOException {
        TorchZipWriter.write(file(), letters());

        try (var zip = new ZipFile(file().toFile())) {
            assertThat(zip.size()).isEqualTo(5);
            assertThat(text(zip, name)).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 200, StoredZipWriter.LIMIT_32})
    void zip_hasRightChecksumsAndAlignment(long limit) throws IOException {
        TorchZipWriter.write(file(), letters(), limit);

        try (var zip = new ZipFile(file().toFile());
                MappedFile mapped = MappedFile.open(file())) {
            assertThat(zip.stream()).allSatisfy(entry -> {
                var checksum = new CRC32();
                checksum.update(zip.getInputStream(entry).readAllBytes());
                assertThat(entry.getCrc()).isEqualTo(checksum.getValue());
                assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
            });
            assertThat(ZipDirectory.read(mapped).values())
                    .allSatisfy(entry -> assertThat(entry.start() % 64).isZero());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, StoredZipWriter.LIMIT_32})
    void zip_canBeReadWithoutItsDirectory(long limit) throws IOException {
        TorchZipWriter.write(file(), letters(), limit);

        try (var zip = new ZipInputStream(Files.newInputStream(file()))) {
            zip.getNextEntry();
            zip.getNextEntry();
            zip.getNextEntry();

            assertThat(new String(zip.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("AAAA");
        }
    }

    @Test
    void moreTensorsThan16BitsCount_comeBack() throws IOException {
        var tensors = new TreeMap<String, ArrayTensor>();
        IntStream.range(0, 0x10000)
                .forEach(i -> tensors.put("t" + i, ArrayTensor.ofFloats().shaped(0)));

        TorchZipWriter.write(file(), tensors);

        try (Checkpoint checkpoint = Checkpoints.open(file())) {
            assertThat(checkpoint.tensors()).hasSize(0x10000);
        }
    }

    @Test
    void sameTensors_giveTheSameBytes() throws IOException {
        TorchZipWriter.write(folder.resolve("1"), letters());
        TorchZipWriter.write(folder.resolve("2"), letters());

        assertThat(folder.resolve("1")).hasSameBinaryContentAs(folder.resolve("2"));
    }

    @Test
    void tensor_thatWritesTooLittle_isRefusedAndNoFileAppears() {
        var tensors = new TreeMap<>(Map.of("a", ArrayTensor.ofBytes(TensorType.of(DType.UINT8, 3), 1, 2)));

        assertThatThrownBy(() -> TorchZipWriter.write(file(), tensors))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("tensor archive/data/0 wrote 2 bytes, expected 3");
        assertThat(folder).isEmptyDirectory();
    }

    private static TreeMap<String, ArrayTensor> letters() {
        var tensors = new TreeMap<String, ArrayTensor>();
        tensors.put("a", ArrayTensor.ofBytes(TensorType.of(DType.FLOAT32, 1), 'A', 'A', 'A', 'A'));
        tensors.put("b", ArrayTensor.ofBytes(TensorType.of(DType.FLOAT16, 2), 'B', 'B', 'B', 'B'));
        return tensors;
    }

    private static String text(ZipFile zip, String name) throws IOException {
        try (InputStream content = zip.getInputStream(zip.getEntry(name))) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Path file() {
        return folder.resolve("m.pth");
    }
}

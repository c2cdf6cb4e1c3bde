package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsWriterTest {

    @TempDir
    private Path folder;

    @Test
    void tensors_lieInTheOrderOfTheReferenceImplementation() throws IOException {
        var tensors = new TreeMap<String, ArrayTensor>();
        Stream.of(SafetensorsDType.values())
                .map(SafetensorsDType::dtype)
                .forEach(dtype -> tensors.put(dtype.onnxName(), ArrayTensor.ofBytes(TensorType.of(dtype, 0))));

        SafetensorsWriter.write(file(), tensors);

        try (MappedFile mapped = MappedFile.open(file())) {
            assertThat(SafetensorsHeader.parse("m", mapped.read(8, (int) mapped.size() - 8)))
                    .extracting(SafetensorsEntry::name)
                    .containsExactly(
                            "int64", "double", "float", "int32", "bfloat16", "float16", "int8", "uint8", "bool");
        }
    }

    @Test
    void bytes_areThoseOfTheReferenceImplementation() throws IOException {
        var tensors = new TreeMap<String, ArrayTensor>();
        tensors.put("a", ArrayTensor.ofBytes(TensorType.of(DType.BFLOAT16, 1, 2), 1, 2, 3, 4));
        tensors.put("b", ArrayTensor.ofLongs(-2));
        tensors.put("c\"é", ArrayTensor.ofBytes(TensorType.of(DType.BFLOAT16), 5, 6));

        SafetensorsWriter.write(file(), tensors, new TreeMap<>(Map.of("format", "pt")));

        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"b\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[8,12]},"
                + "\"c\\\"é\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[12,14]}}";
        byte[] bytes = Files.readAllBytes(file());
        assertThat(bytes).startsWith((byte) 208, (byte) 0, (byte) 0);
        assertThat(new String(bytes, 8, 208, StandardCharsets.UTF_8)).isEqualTo(header + "       ");
        assertThat(bytes).endsWith(-2, -1, -1, -1, -1, -1, -1, -1, 1, 2, 3, 4, 5, 6);
        assertThat(bytes).hasSize(8 + 208 + 14);
    }

    @ParameterizedTest
    @EnumSource(SafetensorsDType.class)
    void everyDtype_comesBack(SafetensorsDType format) throws IOException {
        DType dtype = format.dtype();
        int[] bytes = new int[3 * dtype.bytes()];
        bytes[bytes.length - 1] = 1;
        var tensors = new TreeMap<>(Map.of("a", ArrayTensor.ofBytes(TensorType.of(dtype, 3), bytes)));

        SafetensorsWriter.write(file(), tensors);

        try (Checkpoint checkpoint = Checkpoints.open(file())) {
            StoredTensor tensor = checkpoint.tensors().get("a");
            assertThat(tensor.dtype()).isEqualTo(dtype);
            assertThat(tensor.shape()).isEqualTo(Shape.of(3));
            assertThat(TensorValues.bytes(tensor)).hasSize(bytes.length).endsWith(0, 1);
        }
    }

    @Test
    void noTensors_giveAFileThatOpens() throws IOException {
        SafetensorsWriter.write(file(), new TreeMap<>());

        try (Checkpoint checkpoint = Checkpoints.open(file())) {
            assertThat(checkpoint.tensors()).isEmpty();
        }
    }

    @Test
    void tensor_thatWritesTooLittle_isRefusedAndNoFileAppears() {
        var tensors = new TreeMap<>(Map.of("a", ArrayTensor.ofBytes(TensorType.of(DType.UINT8, 3), 1, 2)));

        assertThatThrownBy(() -> SafetensorsWriter.write(file(), tensors))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("tensor a wrote 2 bytes, expected 3");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void tensor_namedLikeTheMetadata_isRefused() {
        SortedMap<String, ArrayTensor> tensors = new TreeMap<>(Map.of("__metadata__", ArrayTensor.ofFloats(1)));

        assertThatThrownBy(() -> SafetensorsWriter.write(file(), tensors))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("safetensors: no tensor may have the name __metadata__");
    }

    private Path file() {
        return folder.resolve("m.safetensors");
    }
}

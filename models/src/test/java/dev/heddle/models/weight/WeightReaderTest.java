package dev.heddle.models.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.ModelFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class WeightReaderTest {

    private static final Weight MATRIX = new Weight.Stored("w", Shape.of(2, 3));

    private static MemoryCheckpoint matrix() {
        return new MemoryCheckpoint().withFloats("w", Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    }

    private static ByteBuffer bytes(TensorData data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        data.writeTo(Channels.newChannel(out));
        assertThat(out.size()).isEqualTo((int) data.byteCount());
        return ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static float[] floats(Checkpoint checkpoint, Weight weight) throws IOException {
        ByteBuffer bytes = bytes(new WeightReader(checkpoint).data(weight, DType.FLOAT32));
        float[] floats = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(floats);
        return floats;
    }

    @Test
    void stored_isWrittenAsItIs() throws IOException {
        assertThat(floats(matrix(), MATRIX)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void rows_areTheirPart() throws IOException {
        assertThat(floats(matrix(), new Weight.Rows(MATRIX, "k", 1, 2))).containsExactly(4, 5, 6);
    }

    @Test
    void reshaped_keepsTheOrder() throws IOException {
        assertThat(floats(matrix(), new Weight.Reshaped(MATRIX, Shape.of(3, 2))))
                .containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void transposed_swapsTheAxes() throws IOException {
        assertThat(floats(matrix(), new Weight.Transposed(MATRIX))).containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void transposed_ofGroups_swapsTheLastTwoAxes() throws IOException {
        MemoryCheckpoint checkpoint = new MemoryCheckpoint().withFloats("w", Shape.of(2, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8);

        assertThat(floats(checkpoint, new Weight.Transposed(new Weight.Stored("w", Shape.of(2, 2, 2)))))
                .containsExactly(1, 3, 2, 4, 5, 7, 6, 8);
    }

    @Test
    void transposed_ofGroups_isReadAcrossTheirBorders() throws IOException {
        MemoryCheckpoint checkpoint =
                new MemoryCheckpoint().withFloats("w", Shape.of(2, 2, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        // Turned groups: 1 4 2 5 3 6 | 7 10 8 11 9 12; as rows of four, the second one has elements of both.
        Weight rows =
                new Weight.Reshaped(new Weight.Transposed(new Weight.Stored("w", Shape.of(2, 2, 3))), Shape.of(3, 4));

        assertThat(floats(checkpoint, new Weight.Transposed(rows)))
                .containsExactly(1, 3, 8, 4, 6, 11, 2, 7, 9, 5, 10, 12);
    }

    @Test
    void changes_compose() throws IOException {
        Weight weight =
                new Weight.Transposed(new Weight.Rows(new Weight.Reshaped(MATRIX, Shape.of(3, 2)), "tail", 1, 3));

        assertThat(floats(matrix(), weight)).containsExactly(3, 5, 4, 6);
    }

    @Test
    void unitRows_haveNorm1_andARowOfZerosStays() throws IOException {
        MemoryCheckpoint checkpoint = new MemoryCheckpoint().withFloats("w", Shape.of(2, 2), 3, -4, 0, 0);

        assertThat(floats(checkpoint, new Weight.UnitRows(new Weight.Stored("w", Shape.of(2, 2)))))
                .containsExactly(0.6f, -0.8f, 0, 0);
    }

    @Test
    void unitRows_transposed_useTheNormsOfTheSourceRows() throws IOException {
        MemoryCheckpoint checkpoint = new MemoryCheckpoint().withFloats("w", Shape.of(2, 2), 3, -4, 0, 2);
        Weight weight = new Weight.Transposed(new Weight.UnitRows(new Weight.Stored("w", Shape.of(2, 2))));

        assertThat(floats(checkpoint, weight)).containsExactly(0.6f, 0, -0.8f, 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16", "FLOAT64"})
    void sameType_keepsEveryBit_alsoWhenTransposed(DType dtype) throws IOException {
        byte[] stored = new byte[6 * dtype.bytes()];
        // All ones is a NaN with a payload; the rest are arbitrary bits.
        for (int index = 0; index < stored.length; index++) {
            stored[index] = (byte) (index < dtype.bytes() ? 0xFF : 37 * index);
        }
        MemoryCheckpoint checkpoint = new MemoryCheckpoint().with("w", dtype, Shape.of(2, 3), stored);
        WeightReader reader = new WeightReader(checkpoint);
        byte[] turned = bytes(reader.data(new Weight.Transposed(MATRIX), dtype)).array();
        MemoryCheckpoint turnedCheckpoint = new MemoryCheckpoint().with("w", dtype, Shape.of(3, 2), turned);

        assertThat(bytes(reader.data(MATRIX, dtype)).array()).isEqualTo(stored);
        assertThat(bytes(new WeightReader(turnedCheckpoint)
                                .data(new Weight.Transposed(new Weight.Stored("w", Shape.of(3, 2))), dtype))
                        .array())
                .isEqualTo(stored);
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT16, 3c01",
        // Once from float64: not first to float32, which would round 1 + 2^-8 + 2^-45 down to a tie.
        "BFLOAT16, 3f81",
    })
    void conversion_roundsOnce(DType target, String bits) throws IOException {
        double value = target == DType.FLOAT16 ? 1 + 0x1p-11 + 0x1p-45 : 1 + 0x1p-8 + 0x1p-45;
        MemoryCheckpoint checkpoint = new MemoryCheckpoint().withDoubles("w", Shape.of(1), value);

        ByteBuffer written = bytes(new WeightReader(checkpoint).data(new Weight.Stored("w", Shape.of(1)), target));

        assertThat(String.format("%04x", written.getShort(0))).isEqualTo(bits);
    }

    @ParameterizedTest
    @CsvSource({"FLOAT16, 3c00, bc00", "BFLOAT16, 3f80, bf80"})
    void halfTypes_areReadAndWidened(DType stored, String one, String minusOne) throws IOException {
        MemoryCheckpoint checkpoint = new MemoryCheckpoint()
                .withShorts("w", stored, Shape.of(2), Integer.parseInt(one, 16), Integer.parseInt(minusOne, 16));

        assertThat(floats(checkpoint, new Weight.Stored("w", Shape.of(2)))).containsExactly(1, -1);
    }

    @Test
    void largeTransposedMatrix_isRightAcrossBlocks() throws IOException {
        int rows = 70_000;
        int columns = 130;
        float[] values = new float[rows * columns];
        for (int index = 0; index < values.length; index++) {
            values[index] = index;
        }
        MemoryCheckpoint checkpoint = new MemoryCheckpoint().withFloats("w", Shape.of(rows, columns), values);

        float[] turned = floats(checkpoint, new Weight.Transposed(new Weight.Stored("w", Shape.of(rows, columns))));

        float[] expected = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                expected[column * rows + row] = values[row * columns + column];
            }
        }
        assertThat(turned).isEqualTo(expected);
    }

    @Test
    void nonFiniteAndOverflowingValues_areCounted() throws IOException {
        MemoryCheckpoint checkpoint = new MemoryCheckpoint()
                .withFloats("w", Shape.of(5), Float.NaN, Float.NEGATIVE_INFINITY, 1, 70_000, -70_000);
        List<WeightFinding> findings = new ArrayList<>();
        Weight weight = new Weight.Stored("w", Shape.of(5));

        bytes(new WeightReader(checkpoint, Overflow.REFUSE, findings::add).data(weight, DType.FLOAT32));
        bytes(new WeightReader(checkpoint, Overflow.CLIP, findings::add).data(weight, DType.FLOAT16));

        assertThat(findings).containsExactly(new WeightFinding("w", 2, 0), new WeightFinding("w", 2, 2));
        assertThat(findings)
                .extracting(WeightFinding::toString)
                .containsExactly(
                        "tensor w holds 2 NaN or infinite values",
                        "tensor w holds 2 NaN or infinite values and has 2 values cut to the largest of the written type");
    }

    @Test
    void valuesThatTheTypeCannotHold_areRefusedWithTheLargest() {
        MemoryCheckpoint checkpoint =
                new MemoryCheckpoint().withFloats("w", Shape.of(4), 65_504, 70_000, -80_000, Float.NaN);
        Weight weight = new Weight.Stored("w", Shape.of(4));

        assertThatThrownBy(() -> bytes(new WeightReader(checkpoint).data(weight, DType.FLOAT16)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(
                        "tensor w: expected values up to 65504.0, the largest of float16, got 2 beyond it, the largest"
                                + " -80000.0; export with --dtype bf16 or fp32, or cut them off with --clip");
    }

    @Test
    void valuesThatTheTypeCannotHold_areCutToItsLargest() throws IOException {
        MemoryCheckpoint checkpoint =
                new MemoryCheckpoint().withFloats("w", Shape.of(4), 65_519, 65_520, -80_000, Float.NEGATIVE_INFINITY);
        Weight weight = new Weight.Stored("w", Shape.of(4));

        ByteBuffer written =
                bytes(new WeightReader(checkpoint, Overflow.CLIP, finding -> {}).data(weight, DType.FLOAT16));

        assertThat(new int[] {written.getShort(0), written.getShort(2), written.getShort(4), written.getShort(6)})
                .containsExactly(0x7BFF, 0x7BFF, (short) 0xFBFF, (short) 0xFC00);
    }

    @Test
    void nonFiniteValues_ofAllBlocks_areCounted() throws IOException {
        float[] values = new float[600_000];
        values[0] = Float.NaN;
        values[599_999] = Float.NaN;
        MemoryCheckpoint checkpoint = new MemoryCheckpoint().withFloats("w", Shape.of(600_000), values);
        List<WeightFinding> findings = new ArrayList<>();

        bytes(new WeightReader(checkpoint, Overflow.REFUSE, findings::add)
                .data(new Weight.Stored("w", Shape.of(600_000)), DType.BFLOAT16));

        assertThat(findings).containsExactly(new WeightFinding("w", 2, 0));
    }

    @Test
    void ordinaryWeights_areNotReported() throws IOException {
        List<WeightFinding> findings = new ArrayList<>();

        bytes(new WeightReader(matrix(), Overflow.REFUSE, findings::add).data(MATRIX, DType.FLOAT16));

        assertThat(findings).isEmpty();
    }

    @Test
    void doubles_haveTheShapeAndTheValues() {
        var doubles = new WeightReader(matrix()).doubles(new Weight.Transposed(MATRIX));

        assertThat(doubles.shape()).containsExactly(3, 2);
        assertThat(doubles.data()).containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void rows_areReadOneByOne() {
        double[] row = new double[3];

        new WeightReader(matrix()).rows(new Weight.UnitRows(MATRIX)).read(1, row);

        assertThat(row[2]).isCloseTo(6 / Math.sqrt(77), within(1e-15));
    }

    @Test
    void missingTensor_isNamed() {
        assertThatThrownBy(() -> new WeightReader(new MemoryCheckpoint()).doubles(MATRIX))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("tensor w: expected shape [2,3], but the checkpoint has no tensor of that name");
    }

    @Test
    void tensorOfAnotherShape_isNamed() {
        assertThatThrownBy(() -> new WeightReader(matrix()).doubles(new Weight.Stored("w", Shape.of(3, 2))))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("memory: tensor w: expected shape [3,2], got [2,3]");
    }

    @Test
    void tensorOfIntegers_isNamed() {
        MemoryCheckpoint checkpoint = new MemoryCheckpoint().with("w", DType.INT8, Shape.of(2, 3), new byte[6]);

        assertThatThrownBy(() -> new WeightReader(checkpoint).doubles(MATRIX))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("memory: tensor w: expected a floating-point type, got int8");
    }

    @Test
    void targetOfIntegers_isRefused() {
        assertThatThrownBy(() -> new WeightReader(matrix()).data(MATRIX, DType.INT8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weights are floating-point numbers, got element type int8");
    }
}

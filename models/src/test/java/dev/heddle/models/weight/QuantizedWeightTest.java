package dev.heddle.models.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.weight.BlockFormat.ScaleChoice;
import dev.heddle.models.weight.BlockFormat.ZeroPoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class QuantizedWeightTest {

    private static final int ROWS = 5;
    private static final int COLUMNS = 96;

    private static final Weight MATRIX = new Weight.Stored("w", Shape.of(ROWS, COLUMNS));

    private final List<QuantizationError> errors = new ArrayList<>();

    private static MemoryCheckpoint checkpoint() {
        return gaussian(COLUMNS);
    }

    private static MemoryCheckpoint gaussian(int columns) {
        Random random = new Random(3);
        float[] values = new float[ROWS * columns];
        for (int index = 0; index < values.length; index++) {
            values[index] = (float) random.nextGaussian() + 0.2f;
        }
        return new MemoryCheckpoint().withFloats("w", Shape.of(ROWS, columns), values);
    }

    private WeightReader reader() {
        return new WeightReader(checkpoint(), Overflow.REFUSE, new WeightListener() {
            @Override
            public void found(WeightFinding finding) {
                throw new AssertionError(finding);
            }

            @Override
            public void quantized(QuantizationError error) {
                errors.add(error);
            }
        });
    }

    private static BlockFormat format(int bits, ZeroPoint zero) {
        return new BlockFormat(bits, 32, zero, ScaleChoice.SEARCH, DType.FLOAT16);
    }

    private byte[] part(Weight.Quantized weight, BlockPart part, BlockLayout layout) throws IOException {
        Weight.Part wanted = new Weight.Part(weight, part, layout);
        TensorData data = reader().data(wanted, wanted.dtype());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        data.writeTo(Channels.newChannel(bytes));
        assertThat(bytes.size()).isEqualTo((int) data.byteCount());
        return bytes.toByteArray();
    }

    /** Every way of storing. */
    record Storage(int bits, ZeroPoint zero, BlockLayout layout) {}

    static Stream<Storage> storages() {
        return BlockFormat.BITS.stream().flatMap(bits -> Arrays.stream(ZeroPoint.values())
                .flatMap(zero -> Arrays.stream(BlockLayout.values()).map(layout -> new Storage(bits, zero, layout))));
    }

    /** Decoded here by hand, with an odd number of blocks in a row. */
    @ParameterizedTest
    @MethodSource("storages")
    void storedParts_standForTheValuesThatTheReferenceReads(Storage storage) throws IOException {
        Weight.Quantized weight = new Weight.Quantized(MATRIX, format(storage.bits(), storage.zero()));
        byte[] codes = part(weight, BlockPart.CODES, storage.layout());
        byte[] scales = part(weight, BlockPart.SCALES, storage.layout());
        boolean stored = storage.zero() == ZeroPoint.ASYMMETRIC;
        byte[] zeroPoints = stored ? part(weight, BlockPart.ZERO_POINTS, storage.layout()) : new byte[0];
        double[] expected = reader().doubles(weight).data();
        double[] scale = new double[ROWS * 3];
        FloatFormat.FLOAT16.decode(ByteBuffer.wrap(scales).order(ByteOrder.LITTLE_ENDIAN), 0, 15, scale, 0);

        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                int block = row * 3 + column / 32;
                boolean rowsPadded = storage.layout() == BlockLayout.BYTES && storage.bits() == 4;
                int zero = stored
                        ? number(zeroPoints, storage.bits(), rowsPadded ? row * 4 + column / 32 : block, false)
                        : storage.layout() == BlockLayout.BYTES ? 1 << (storage.bits() - 1) : 0;
                boolean signed = storage.layout() == BlockLayout.INTEGERS && !stored;
                int code = number(codes, storage.bits(), row * COLUMNS + column, signed);
                assertThat((code - zero) * scale[block])
                        .as("[%d, %d]", row, column)
                        .isEqualTo(expected[row * COLUMNS + column]);
            }
        }
    }

    private static int number(byte[] bytes, int bits, int index, boolean signed) {
        int value = bytes[index * bits / 8] >> index * bits % 8 & (1 << bits) - 1;
        return signed && value >= 1 << (bits - 1) ? value - (1 << bits) : value;
    }

    /** Every way of storing in blocks of every size; 3 blocks a row, so that padded rows of zero points begin within what is read. */
    static Stream<Arguments> storagesInBlocks() {
        return storages().flatMap(storage -> BlockFormat.BLOCKS.stream().map(block -> arguments(storage, block)));
    }

    @ParameterizedTest
    @MethodSource("storagesInBlocks")
    void storedParts_areReadBackAsTheValuesTheyStandFor(Storage storage, int block) throws IOException {
        int columns = 3 * block;
        Weight matrix = new Weight.Stored("w", Shape.of(ROWS, columns));
        BlockFormat format = new BlockFormat(storage.bits(), block, storage.zero(), ScaleChoice.SEARCH, DType.FLOAT16);
        Weight.Quantized weight = new Weight.Quantized(matrix, format);
        WeightReader source = new WeightReader(gaussian(columns));
        MemoryCheckpoint model = new MemoryCheckpoint();
        for (BlockPart part : BlockPart.values()) {
            if (part != BlockPart.ZERO_POINTS || storage.zero() == ZeroPoint.ASYMMETRIC) {
                Weight.Part stored = new Weight.Part(weight, part, storage.layout());
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                source.data(stored, stored.dtype()).writeTo(Channels.newChannel(bytes));
                model.with(stored.name(), stored.dtype(), stored.shape(), bytes.toByteArray());
            }
        }

        WeightReader reader = new WeightReader(model);
        Weight.Dequantized read = new Weight.Dequantized(weight, storage.layout());

        double[] all = source.doubles(weight).data();
        assertThat(reader.doubles(read).data()).containsExactly(all);
        double[] piece = new double[2 * block];
        reader.rows(read).read(1, piece);
        assertThat(piece).containsExactly(Arrays.copyOfRange(all, 2 * block, 4 * block));
    }

    @Test
    void partsOfAnotherType_areRefused() {
        Weight.Quantized weight = new Weight.Quantized(MATRIX, format(8, ZeroPoint.SYMMETRIC));
        MemoryCheckpoint model = new MemoryCheckpoint()
                .with("w_q8", DType.UINT8, Shape.of(ROWS, 3, 32), new byte[ROWS * COLUMNS])
                .withFloats("w_q8_scale", Shape.of(ROWS, 3), new float[ROWS * 3]);

        assertThatThrownBy(() -> new WeightReader(model).doubles(new Weight.Dequantized(weight, BlockLayout.BYTES)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("memory: tensor w_q8_scale: expected float16, got float");
    }

    @Test
    void types_areThoseOfTheOperators() {
        Weight.Quantized four = new Weight.Quantized(MATRIX, format(4, ZeroPoint.SYMMETRIC));
        Weight.Quantized eight = new Weight.Quantized(MATRIX, format(8, ZeroPoint.ASYMMETRIC));

        assertThat(type(four, BlockPart.CODES, BlockLayout.BYTES)).isEqualTo("w_q4 uint8[5,3,16]");
        assertThat(type(four, BlockPart.SCALES, BlockLayout.BYTES)).isEqualTo("w_q4_scale float16[5,3]");
        assertThat(type(four, BlockPart.CODES, BlockLayout.INTEGERS)).isEqualTo("w_q4 int4[5,96]");
        assertThat(type(eight, BlockPart.CODES, BlockLayout.BYTES)).isEqualTo("w_q8 uint8[5,3,32]");
        assertThat(type(eight, BlockPart.ZERO_POINTS, BlockLayout.BYTES)).isEqualTo("w_q8_zero uint8[5,3]");
        assertThat(type(eight, BlockPart.ZERO_POINTS, BlockLayout.INTEGERS)).isEqualTo("w_q8_zero uint8[5,3]");
    }

    private String type(Weight.Quantized weight, BlockPart part, BlockLayout layout) {
        Weight.Part wanted = new Weight.Part(weight, part, layout);
        return wanted.name() + " " + reader().data(wanted, wanted.dtype()).type();
    }

    @Test
    void codes_tellWhatWasLost() throws IOException {
        Weight.Quantized weight = new Weight.Quantized(MATRIX, format(4, ZeroPoint.SYMMETRIC));
        double[] values = reader().doubles(MATRIX).data();
        double[] left = reader().doubles(weight).data();
        double lost = 0;
        double size = 0;
        double worst = 0;
        for (int block = 0; block < ROWS * 3; block++) {
            double blockLost = 0;
            double blockSize = 0;
            for (int at = block * 32; at < block * 32 + 32; at++) {
                blockLost += Math.pow(values[at] - left[at], 2);
                blockSize += values[at] * values[at];
            }
            lost += blockLost;
            size += blockSize;
            worst = Math.max(worst, Math.sqrt(blockLost / blockSize));
        }

        part(weight, BlockPart.CODES, BlockLayout.BYTES);

        assertThat(errors).hasSize(1);
        assertThat(errors.get(0).weight()).isEqualTo("w");
        assertThat(errors.get(0).relative())
                .isCloseTo(Math.sqrt(lost / size), within(1e-12))
                .isBetween(0.03, 0.12);
        assertThat(errors.get(0).worst()).isCloseTo(worst, within(1e-12));
    }

    @Test
    void piecesOfBlocks_areReadAsTheyStand() {
        Weight.Quantized weight = new Weight.Quantized(MATRIX, format(4, ZeroPoint.ASYMMETRIC));
        double[] all = reader().doubles(weight).data();
        double[] row = new double[COLUMNS];

        reader().rows(weight).read(3, row);

        assertThat(row).containsExactly(Arrays.copyOfRange(all, 3 * COLUMNS, 4 * COLUMNS));
        double[] piece = new double[50];
        reader().rows(weight).read(1, piece);
        assertThat(piece).containsExactly(Arrays.copyOfRange(all, 50, 100));
    }

    @Test
    void rowsThatAreNoWholeNumberOfBlocks_areRefused() {
        assertThatThrownBy(() -> new Weight.Quantized(
                        new Weight.Stored("down.weight", Shape.of(4, 48)), format(4, ZeroPoint.SYMMETRIC)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "tensor down.weight: expected rows of a multiple of 32 elements, the block, got shape [4,48];"
                                + " choose another --block, or leave it as it is with --exclude 'down.weight'");
    }

    @Test
    void valuesWithoutACode_areRefused() {
        float[] values = new float[32];
        values[7] = Float.NaN;
        MemoryCheckpoint odd = new MemoryCheckpoint().withFloats("w", Shape.of(1, 32), values);
        Weight weight = new Weight.Quantized(new Weight.Stored("w", Shape.of(1, 32)), format(8, ZeroPoint.SYMMETRIC));

        assertThatThrownBy(() -> new WeightReader(odd).doubles(weight))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("tensor w: expected finite values that scales in float16 can reach, got NaN;"
                        + " leave it as it is with --exclude");
    }

    @Test
    void formatsThatNoOperatorTakes_areRefused() {
        assertThatThrownBy(() -> new BlockFormat(2, 32, ZeroPoint.SYMMETRIC, ScaleChoice.NEAREST, DType.FLOAT32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "codes have [4, 8] bits in blocks of [32, 64, 128] with scales in floating point, got 2, 32, float");
    }
}

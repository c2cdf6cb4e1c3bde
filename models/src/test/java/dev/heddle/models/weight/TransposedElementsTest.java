package dev.heddle.models.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TransposedElementsTest {

    /** Larger than a tile in both directions, and no multiple of one. */
    private static final int ROWS = 2 * TransposeTile.ROWS + 7;

    private static final int COLUMNS = new TransposeTile(Short.BYTES).width() + 5;
    private static final int MATRICES = 2;

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT32", "FLOAT64"})
    void anyPart_isThatOfTheTurnedMatrices(DType dtype) {
        int size = dtype.bytes();
        byte[] bytes = new byte[MATRICES * ROWS * COLUMNS * size];
        Random random = new Random(5);
        random.nextBytes(bytes);
        MemoryCheckpoint checkpoint = new MemoryCheckpoint().with("w", dtype, Shape.of(MATRICES, ROWS, COLUMNS), bytes);
        Elements turned = new TransposedElements(
                new StoredElements(checkpoint.tensors().get("w"), FloatFormat.of(dtype)),
                ROWS,
                COLUMNS,
                new BlockBuffers());
        byte[] expected = turned(bytes, size);

        for (int i = 0; i < 200; i++) {
            int first = random.nextInt(MATRICES * ROWS * COLUMNS);
            int count = random.nextInt(MATRICES * ROWS * COLUMNS - first) + 1;
            assertThat(read(turned, first, count))
                    .as("%d elements from %d", count, first)
                    .isEqualTo(Arrays.copyOfRange(expected, first * size, (first + count) * size));
        }
    }

    private static byte[] turned(byte[] bytes, int size) {
        byte[] turned = new byte[bytes.length];
        for (int matrix = 0; matrix < MATRICES; matrix++) {
            int base = matrix * ROWS * COLUMNS;
            for (int row = 0; row < ROWS; row++) {
                for (int column = 0; column < COLUMNS; column++) {
                    System.arraycopy(
                            bytes,
                            (base + row * COLUMNS + column) * size,
                            turned,
                            (base + column * ROWS + row) * size,
                            size);
                }
            }
        }
        return turned;
    }

    private static byte[] read(Elements elements, int first, int count) {
        ByteBuffer buffer = elements.read(first, count);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}

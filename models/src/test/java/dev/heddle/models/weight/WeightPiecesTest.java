package dev.heddle.models.weight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorPieces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That a weight may be written in pieces, in any order. */
final class WeightPiecesTest {

    /** Longer than a block of float32 in both directions, and no multiple of a tile. */
    private static final int ROWS = 1031;

    private static final int COLUMNS = 8209;

    private final List<WeightFinding> findings = new ArrayList<>();

    private TensorData data(Weight changed, DType target) {
        float[] values = new float[ROWS * COLUMNS];
        Random random = new Random(3);
        for (int index = 0; index < values.length; index++) {
            values[index] = random.nextFloat() - 0.5f;
        }
        // One of each in the first and in the last piece, whether turned or not.
        values[0] = Float.NaN;
        values[1] = 70_000;
        values[values.length - 1] = Float.POSITIVE_INFINITY;
        values[values.length - 2] = -80_000;
        MemoryCheckpoint checkpoint = new MemoryCheckpoint().withFloats("w", Shape.of(ROWS, COLUMNS), values);
        return new WeightReader(checkpoint, Overflow.CLIP, findings::add).data(changed, target);
    }

    @ParameterizedTest
    @CsvSource({"STORED, FLOAT32, 0", "TURNED, FLOAT32, 0", "TURNED, FLOAT16, 2", "STORED, FLOAT16, 2"})
    void pieces_inAnyOrder_areThoseOfTheWhole(Change change, DType target, long overflowed) throws IOException {
        TensorData data = data(change.of(new Weight.Stored("w", Shape.of(ROWS, COLUMNS))), target);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        data.writeTo(Channels.newChannel(whole));

        TensorPieces pieces = data.pieces();
        byte[] joined = new byte[whole.size()];
        for (int piece = pieces.count() - 1; piece >= 0; piece--) {
            ByteArrayOutputStream part = new ByteArrayOutputStream();
            pieces.write(piece, Channels.newChannel(part));
            assertThat(pieces.offset(piece) % TensorPieces.ALIGNMENT).isZero();
            assertThat(pieces.offset(piece) + part.size()).isEqualTo(pieces.offset(piece + 1));
            System.arraycopy(part.toByteArray(), 0, joined, (int) pieces.offset(piece), part.size());
        }
        pieces.finish();

        assertThat(pieces.count()).isGreaterThan(1);
        assertThat(pieces.offset(pieces.count())).isEqualTo(data.byteCount());
        assertThat(Arrays.equals(joined, whole.toByteArray())).isTrue();
        assertThat(findings)
                .hasSize(2)
                .allSatisfy(finding -> assertThat(finding.nonFinite()).isEqualTo(2))
                .allSatisfy(finding -> assertThat(finding.clipped()).isEqualTo(overflowed));
    }

    /** What happens to the matrix. */
    enum Change {
        STORED {
            @Override
            Weight of(Weight matrix) {
                return matrix;
            }
        },
        TURNED {
            @Override
            Weight of(Weight matrix) {
                return new Weight.Transposed(matrix);
            }
        };

        abstract Weight of(Weight matrix);
    }
}

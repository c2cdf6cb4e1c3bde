package dev.heddle.models.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.weight.MemoryCheckpoint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DigestedCheckpointTest {

    private static final int LARGE = 700_000;

    private static byte[] bytes(int seed, int count) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Checkpoint checkpoint() {
        return new MemoryCheckpoint()
                .with("b", DType.FLOAT32, Shape.of(2, 3), bytes(1, 24))
                .with("a", DType.BFLOAT16, Shape.of(LARGE), bytes(2, 2 * LARGE));
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static String expected() throws NoSuchAlgorithmException {
        String lines = "a bfloat16[700000] " + sha256(bytes(2, 2 * LARGE)) + "\n" + "b float[2,3] "
                + sha256(bytes(1, 24)) + "\n";
        return sha256(lines.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void digest_ofWhatNobodyRead_isThatOfAllLines() throws NoSuchAlgorithmException {
        assertThat(new DigestedCheckpoint(checkpoint()).digest()).isEqualTo(expected());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void digest_doesNotDependOnTheReads(int seed) throws NoSuchAlgorithmException {
        DigestedCheckpoint digested = new DigestedCheckpoint(checkpoint());
        StoredTensor tensor = digested.tensors().get("a");
        Random random = new Random(seed);

        for (int i = 0; i < 20; i++) {
            int first = random.nextInt(LARGE);
            tensor.read(first, random.nextInt(LARGE - first));
        }

        assertThat(digested.digest()).isEqualTo(expected());
    }

    @Test
    void digest_ofReadsByManyThreads_isTheSame() throws NoSuchAlgorithmException {
        DigestedCheckpoint digested = new DigestedCheckpoint(checkpoint());
        StoredTensor tensor = digested.tensors().get("a");
        List<Integer> rows = new ArrayList<>(IntStream.range(0, 700).boxed().toList());
        Collections.shuffle(rows, new Random(7));

        rows.parallelStream().forEach(row -> tensor.read(1000L * row, 1000));

        assertThat(digested.digest()).isEqualTo(expected());
    }

    @Test
    void read_givesTheBytesAsTheyAre() {
        Checkpoint plain = checkpoint();
        StoredTensor tensor = new DigestedCheckpoint(plain).tensors().get("a");

        assertThat(tensor.read(1000, 77)).isEqualTo(plain.tensors().get("a").read(1000, 77));
        assertThat(tensor.read(1000, 77).order())
                .isEqualTo(plain.tensors().get("a").read(1000, 77).order());
    }
}

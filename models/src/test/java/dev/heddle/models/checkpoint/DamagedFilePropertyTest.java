package dev.heddle.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever happens to the bytes of a file: it opens and every element can be read, or it is refused in one line. */
class DamagedFilePropertyTest {

    private static final int CHANGES = 250;

    @TempDir
    private Path folder;

    enum Format {
        SAFETENSORS,
        TORCH,
        TORCH_64,
        LINGUA
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void changedBytes_neverBreakTheReader(Format format) throws IOException {
        byte[] sound = sound(format);
        var random = new Random(42);

        assertHandled(IntStream.range(0, CHANGES).boxed(), change -> changed(sound, random));
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void fileCutAnywhere_isRefused(Format format) throws IOException {
        byte[] sound = sound(format);
        int step = Math.max(1, sound.length / 400);

        long opened =
                assertHandled(IntStream.range(0, sound.length / step).boxed(), cut -> Arrays.copyOf(sound, cut * step));

        assertThat(opened).isZero();
    }

    private byte[] sound(Format format) throws IOException {
        var tensors = new TreeMap<String, ArrayTensor>();
        tensors.put("a", ArrayTensor.ofFloats(1, 2, 3, 4).shaped(2, 2));
        tensors.put("b", ArrayTensor.ofBytes(TensorType.of(DType.BFLOAT16, 3), 1, 2, 3, 4, 5, 6));
        Path file = folder.resolve("sound");
        switch (format) {
            case SAFETENSORS -> SafetensorsWriter.write(file, tensors);
            case TORCH -> TorchZipWriter.write(file, tensors);
            case TORCH_64 -> TorchZipWriter.write(file, tensors, 0);
            case LINGUA ->
                Files.copy(Path.of("src/test/resources/samples/ram-mta-v2/consolidated/consolidated.pth"), file);
        }
        return Files.readAllBytes(file);
    }

    /** Between one and four bytes changed, mostly to values that matter as sizes. */
    private static byte[] changed(byte[] sound, Random random) {
        byte[] changed = sound.clone();
        int count = 1 + random.nextInt(4);
        int at = random.nextInt(changed.length - count);
        boolean extreme = random.nextBoolean();
        for (int i = 0; i < count; i++) {
            changed[at + i] = (byte) (extreme ? -random.nextInt(2) : random.nextInt(256));
        }
        return changed;
    }

    /** How many of the files opened. */
    private long assertHandled(Stream<Integer> cases, IntFunction<byte[]> content) {
        Path file = folder.resolve("damaged.weights");
        return cases.filter(number -> opens(file, content.apply(number))).count();
    }

    private static boolean opens(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            checkpoint.tensors().values().forEach(DamagedFilePropertyTest::readEnds);
            return true;
        } catch (ModelFormatException e) {
            assertThat(e.getMessage()).startsWith("damaged.weights").doesNotContain("\n");
            return false;
        }
    }

    private static void readEnds(StoredTensor tensor) {
        long elements = tensor.shape().elements();
        int count = (int) Math.min(elements, 3);
        tensor.read(0, count).get(new byte[count * tensor.dtype().bytes()]);
        tensor.read(elements - count, count).get(new byte[count * tensor.dtype().bytes()]);
    }
}

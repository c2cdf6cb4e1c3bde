package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.SampleGraphs;
import dev.heddle.exporter.graph.TensorType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class DataLayoutTest {

    private static final long GIB = 1L << 30;

    private static DataLayout layout(long shardBytes, long... weights) {
        List<Initializer> initializers = LongStream.of(weights)
                .mapToObj(bytes ->
                        new Initializer("w" + bytes, new SampleGraphs.Counting(TensorType.of(DType.UINT8, bytes))))
                .toList();
        return DataLayout.of(initializers, shardBytes);
    }

    private static List<String> places(DataLayout layout) {
        return layout.places().stream()
                .map(place -> place.file() + ":" + place.offset())
                .toList();
    }

    @Test
    void weights_withoutALimit_followEachOtherAtPages() {
        DataLayout layout = layout(Long.MAX_VALUE, 5000, 4096, 1);

        assertThat(places(layout)).containsExactly("0:0", "0:8192", "0:12288");
        assertThat(layout.ends()).containsExactly(12289L);
        assertThat(layout.fileName(0)).isEqualTo("model.onnx.data");
    }

    @Test
    void file_thatIsExactlyFull_takesNoMore() {
        DataLayout layout = layout(8192, 4096, 4096, 1, 4097);

        assertThat(places(layout)).containsExactly("0:0", "0:4096", "1:0", "2:0");
        assertThat(layout.ends()).containsExactly(8192L, 1L, 4097L);
    }

    @Test
    void weight_largerThanAFile_getsItsOwn() {
        DataLayout layout = layout(8192, 10, 100_000, 20);

        assertThat(places(layout)).containsExactly("0:0", "1:0", "2:0");
        assertThat(IntStream.range(0, 3).mapToObj(layout::fileName))
                .containsExactly(
                        "model-00001-of-00003.onnx.data",
                        "model-00002-of-00003.onnx.data",
                        "model-00003-of-00003.onnx.data");
    }

    @Test
    void weights_ofSeveralGibibytes_haveTheirPlaces() {
        DataLayout layout = layout(Long.MAX_VALUE, 3 * GIB, 3 * GIB + 1, 5);

        assertThat(places(layout)).containsExactly("0:0", "0:" + 3 * GIB, "0:" + (6 * GIB + 4096));
    }

    @Test
    void weights_thatNoFileCanHold_areRefused() {
        assertThatThrownBy(() -> layout(Long.MAX_VALUE, Long.MAX_VALUE, 5)).isInstanceOf(ArithmeticException.class);
    }
}

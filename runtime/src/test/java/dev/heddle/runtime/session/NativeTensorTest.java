package dev.heddle.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.toy.ToyGraph;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("ort")
class NativeTensorTest {
    @Test
    void host_sharesItsMemory() {
        HostTensor host = HostTensor.ofFloats(new float[] {1, 2}, 2);

        try (var tensor = NativeTensor.of(host)) {
            host.floats().put(0, 5);

            assertThat(tensor.toHost().floats().get(0)).isEqualTo(5);
        }
    }

    @Test
    void emptyTensor_makesTheRoundTrip() {
        try (var tensor = NativeTensor.of(HostTensor.zeros(DType.FLOAT32, 1, 2, 0, 8))) {
            assertThat(tensor.toHost()).hasToString("float32 [1, 2, 0, 8]");
        }
    }

    @Test
    void use_afterClose_isRefused() {
        var tensor = NativeTensor.of(HostTensor.zeros(DType.INT64, 2));
        tensor.close();

        assertThatThrownBy(tensor::toHost)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("tensor int64 [2] is closed");
    }

    @Test
    void close_duringUse_freesAfterIt() {
        var tensor = NativeTensor.of(HostTensor.zeros(DType.INT64, 2));
        var ort = tensor.enter();
        tensor.close();
        tensor.close();
        assertThat(ort.isClosed()).isFalse();

        tensor.exit();

        assertThat(ort.isClosed()).isTrue();
    }

    @Test
    void output_outlivesItsSession(@TempDir Path folder) {
        var graph = new ToyGraph().input("x", DType.FLOAT32, "n").output("y", DType.FLOAT32, "n");
        graph.node("y", "Neg", "x");
        graph.write(folder);
        NativeTensor output;
        try (var session = ModelSession.open(folder, SessionOptions.defaults());
                var input = NativeTensor.of(HostTensor.ofFloats(new float[] {3}, 1))) {
            output = session.run(new RunRequest(Map.of("x", input), Set.of("y"), Map.of()), new Cancellation())
                    .get("y");
        }

        assertThat(output.toHost().floats().get(0)).isEqualTo(-3);
        assertThatCode(output::close).doesNotThrowAnyException();
    }

    @Test
    void place_isWrittenInPlace(@TempDir Path folder) {
        var graph = new ToyGraph().input("x", DType.FLOAT32, "n").output("y", DType.FLOAT32, "n");
        graph.node("y", "Neg", "x");
        graph.write(folder);
        HostTensor host = HostTensor.zeros(DType.FLOAT32, 1);
        try (var session = ModelSession.open(folder, SessionOptions.defaults());
                var input = NativeTensor.of(HostTensor.ofFloats(new float[] {3}, 1));
                var place = NativeTensor.of(host)) {

            var rest =
                    session.run(new RunRequest(Map.of("x", input), Set.of(), Map.of("y", place)), new Cancellation());

            assertThat(rest).isEmpty();
            assertThat(host.floats().get(0)).isEqualTo(-3);
        }
    }
}

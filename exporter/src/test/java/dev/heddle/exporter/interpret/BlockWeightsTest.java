package dev.heddle.exporter.interpret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.Attribute;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class BlockWeightsTest {

    private static Tensor bytes(int[] shape, int... values) {
        return new Tensor(
                DType.UINT8, shape, Arrays.stream(values).asDoubleStream().toArray());
    }

    private static Tensor floats(int[] shape, double... values) {
        return new Tensor(DType.FLOAT32, shape, values);
    }

    private static NodeCall call(String op, Map<String, Long> attributes, Tensor... inputs) {
        TreeMap<String, Attribute> values = new TreeMap<>();
        attributes.forEach((name, value) -> values.put(name, new Attribute.Int(value)));
        return new NodeCall(op, List.of(inputs), 1, values);
    }

    /** Rows of four elements in blocks of two: codes 0 to 15, the first in the low bits. */
    private static final Map<String, Long> NIBBLES = Map.of("K", 4L, "N", 2L, "bits", 4L, "block_size", 2L);

    @Test
    void matMul_ofFourBits_takesTheLowBitsFirstAndTheMiddleOff() {
        Tensor x = floats(new int[] {1, 4}, 1, 10, 100, 1000);
        Tensor codes = bytes(new int[] {2, 2, 1}, 0x98, 0xBA, 0x80, 0x8F);
        Tensor scales = floats(new int[] {2, 2}, 1, 2, 1, 0.5);

        Tensor y = BlockWeights.matMul(call("MatMulNBits", NIBBLES, x, codes, scales));

        assertThat(y.shape()).containsExactly(1, 2);
        assertThat(y.data()).containsExactly(10 + 2 * (200 + 3000), -8 + 0.5 * 700);
    }

    @Test
    void matMul_withZeroPoints_takesThoseOff() {
        Tensor x = floats(new int[] {1, 4}, 1, 10, 100, 1000);
        Tensor codes = bytes(new int[] {2, 2, 1}, 0x98, 0xBA, 0x80, 0x8F);
        Tensor scales = floats(new int[] {2, 2}, 1, 1, 1, 1);
        Tensor zeroPoints = bytes(new int[] {2, 1}, 0xA8, 0x80);

        Tensor y = BlockWeights.matMul(call("MatMulNBits", NIBBLES, x, codes, scales, zeroPoints));

        assertThat(y.data()).containsExactly(10 + 1000, 80 + 700);
    }

    @Test
    void gather_ofEightBits_givesRows() {
        Tensor codes = bytes(new int[] {2, 4}, 128, 129, 130, 131, 0, 255, 128, 128);
        Tensor scales = floats(new int[] {2, 2}, 1, 2, 1, 1);
        Tensor rows = new Tensor(DType.INT64, new int[] {2}, new double[] {1, 0});

        Tensor y = BlockWeights.gather(
                call("GatherBlockQuantized", Map.of("bits", 8L, "block_size", 2L), codes, rows, scales));

        assertThat(y.shape()).containsExactly(2, 4);
        assertThat(y.data()).containsExactly(-128, 127, 0, 0, 0, 1, 4, 6);
    }

    @Test
    void dequantize_goesAlongItsAxis() {
        Tensor codes = new Tensor(DType.INT8, new int[] {2, 2}, new double[] {1, 2, 3, 4});
        Tensor scales = floats(new int[] {1, 2}, 10, 100);
        Tensor zeroPoints = new Tensor(DType.INT8, new int[] {1, 2}, new double[] {1, 0});

        Tensor y = BlockWeights.dequantize(
                call("DequantizeLinear", Map.of("axis", 0L, "block_size", 2L), codes, scales, zeroPoints));

        assertThat(y.data()).containsExactly(0, 200, 20, 400);
    }

    @Test
    void dequantize_withoutBlocks_isRefused() {
        Tensor codes = bytes(new int[] {2}, 1, 2);

        assertThatThrownBy(() -> BlockWeights.dequantize(
                        call("DequantizeLinear", Map.of("axis", 0L), codes, floats(new int[] {1}, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("DequantizeLinear of uint8[2] without blocks is not known");
    }

    private record Stored(TensorType type, byte[] bytes) implements TensorData {
        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            out.write(ByteBuffer.wrap(bytes));
        }
    }

    @Test
    void storedNumbersOfFourBits_areReadInPairs() {
        byte[] bytes = {(byte) 0xF1, (byte) 0x08};

        assertThat(TensorReader.read(new Stored(TensorType.of(DType.INT4, 3), bytes))
                        .data())
                .containsExactly(1, -1, -8);
        assertThat(TensorReader.read(new Stored(TensorType.of(DType.UINT4, 4), bytes))
                        .data())
                .containsExactly(1, 15, 8, 0);
        assertThat(new Stored(TensorType.of(DType.UINT4, 3), bytes).byteCount()).isEqualTo(2);
    }
}

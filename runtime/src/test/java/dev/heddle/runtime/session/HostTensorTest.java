package dev.heddle.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HostTensorTest {
    @ParameterizedTest
    @EnumSource(DType.class)
    void zeros_ofEachType_hasItsBytes(DType dtype) {
        HostTensor tensor = HostTensor.zeros(dtype, 2, 3);

        assertThat(tensor.bytes().capacity()).isEqualTo(6 * dtype.bytes());
        assertThat(tensor.elementCount()).isEqualTo(6);
        assertThat(tensor.values().applyAsDouble(5)).isZero();
    }

    @Test
    void emptyAxis_makesAnEmptyTensor() {
        HostTensor tensor = HostTensor.zeros(DType.FLOAT32, Long.MAX_VALUE, 0, 8);

        assertThat(tensor.elementCount()).isZero();
    }

    @Test
    void scalar_hasOneElement() {
        assertThat(HostTensor.ofLongs(new long[] {7}).elementCount()).isOne();
    }

    @Test
    void directBuffer_isShared() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN);
        HostTensor tensor = HostTensor.of(DType.FLOAT32, bytes, 1);

        bytes.putFloat(0, 2.5f);

        assertThat(tensor.floats().get(0)).isEqualTo(2.5f);
    }

    @Test
    void heapBuffer_isCopiedFromItsPosition() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {9, 1, 0, 1}).position(1);

        HostTensor tensor = HostTensor.of(DType.UINT8, bytes, 3);

        assertThat(tensor.bytes().isDirect()).isTrue();
        assertThat(tensor.values().applyAsDouble(0)).isEqualTo(1);
        assertThat(bytes.position()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0x3c00, 1",
        "0xc000, -2",
        "0x0001, 5.9604644775390625E-8",
        "0x83ff, -6.097555160522461E-5",
        "0x7bff, 65504",
        "0x7c00, Infinity",
        "0xfc00, -Infinity",
        "0x7e00, NaN",
        "0x8000, -0.0"
    })
    void half_readsAsItsValue(String bits, Double value) {
        HostTensor tensor = HostTensor.zeros(DType.FLOAT16, 1);
        tensor.bytes().putShort(0, (short) (int) Integer.decode(bits));

        assertThat(tensor.values().applyAsDouble(0)).isEqualTo(value);
    }

    @Test
    void bfloat_readsAsItsValue() {
        HostTensor tensor = HostTensor.zeros(DType.BFLOAT16, 1);
        tensor.bytes().putShort(0, (short) 0xbfc0);

        assertThat(tensor.values().applyAsDouble(0)).isEqualTo(-1.5);
    }

    @Test
    void unsignedByte_readsAsPositive() {
        HostTensor tensor = HostTensor.zeros(DType.UINT8, 1);
        tensor.bytes().put(0, (byte) 0xff);

        assertThat(tensor.values().applyAsDouble(0)).isEqualTo(255);
    }

    @Test
    void shape_isACopy() {
        HostTensor tensor = HostTensor.zeros(DType.INT32, 2);

        tensor.shape()[0] = 5;

        assertThat(tensor).hasToString("int32 [2]");
    }

    @Test
    void negativeAxis_isRefused() {
        assertThatThrownBy(() -> HostTensor.zeros(DType.FLOAT32, 2, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an axis cannot be negative, got [2, -1]");
    }

    @Test
    void hugeShape_isRefusedWithoutOverflow() {
        assertThatThrownBy(() -> HostTensor.zeros(DType.FLOAT32, 1L << 32, 1L << 32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("float32 [4294967296, 4294967296] needs more than 2147483647 bytes,"
                        + " the limit of a Java buffer");
    }

    @Test
    void wrongByteCount_isRefused() {
        assertThatThrownBy(() -> HostTensor.of(DType.INT64, ByteBuffer.allocate(7), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("int64 [1] needs 8 bytes, got 7");
    }

    @Test
    void wrongValueCount_isRefused() {
        assertThatThrownBy(() -> HostTensor.ofFloats(new float[3], 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("float32 [2] needs 2 values, got 3");
    }

    @Test
    void viewOfAnotherType_isRefused() {
        assertThatThrownBy(() -> HostTensor.zeros(DType.FLOAT16, 2).floats())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a tensor of float32, got float16 [2]");
    }
}

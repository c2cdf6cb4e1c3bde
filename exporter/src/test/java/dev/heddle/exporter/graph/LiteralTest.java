package dev.heddle.exporter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class LiteralTest {

    static Stream<Arguments> literals() {
        return Stream.of(
                Arguments.of(Literal.int64(1), "const_i64_1", new byte[] {1, 0, 0, 0, 0, 0, 0, 0}),
                Arguments.of(Literal.int64s(-1, 258), "const_i64s_m1_258", new byte[] {
                    -1, -1, -1, -1, -1, -1, -1, -1, 2, 1, 0, 0, 0, 0, 0, 0
                }),
                Arguments.of(
                        Literal.int64s(Long.MAX_VALUE), "const_i64s_max", new byte[] {-1, -1, -1, -1, -1, -1, -1, 127}),
                Arguments.of(Literal.float32(0.5f), "const_f32_0.5", new byte[] {0, 0, 0, 63}),
                Arguments.of(Literal.float32(0), "const_f32_0", new byte[4]),
                Arguments.of(Literal.float32(1e-5f), "const_f32_1em05", new byte[] {-84, -59, 39, 55}),
                Arguments.of(Literal.float32(-1e10f), "const_f32_m1e10", new byte[] {-7, 2, 21, -48}),
                Arguments.of(Literal.float32(-Float.MAX_VALUE), "const_f32_lowest", new byte[] {-1, -1, 127, -1}),
                Arguments.of(Literal.float32s(1, 0.5), "const_f32s_1_0.5", new byte[] {0, 0, -128, 63, 0, 0, 0, 63}),
                Arguments.of(new Literal(TensorType.of(DType.INT32, 1), List.of(-2L)), "const_i32s_m2", new byte[] {
                    -2, -1, -1, -1
                }),
                Arguments.of(
                        new Literal(TensorType.of(DType.BOOL, 2), List.of(1L, 0L)), "const_bools_1_0", new byte[] {1, 0
                        }));
    }

    @ParameterizedTest
    @MethodSource("literals")
    void literal_isNamedByItsValue(Literal literal, String name, byte[] bytes) {
        assertThat(ConstantName.of(literal)).isEqualTo(name);
    }

    @ParameterizedTest
    @MethodSource("literals")
    void literal_isStoredLittleEndian(Literal literal, String name, byte[] bytes) throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();

        literal.writeTo(Channels.newChannel(written));

        assertThat(written.toByteArray()).isEqualTo(bytes);
        assertThat(literal.byteCount()).isEqualTo(bytes.length);
    }

    @ParameterizedTest
    @MethodSource("literals")
    void literal_readBack_isEqual(Literal literal, String name, byte[] bytes) {
        assertThat(Literal.of(literal.type(), ByteBuffer.wrap(bytes))).isEqualTo(literal);
    }

    @Test
    void literal_withTooFewValues_isRefused() {
        assertThatThrownBy(() -> new Literal(TensorType.of(DType.INT64, 2), List.of(1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a constant of type int64[2] has 2 values, got 1");
    }

    @Test
    void literal_ofHalfPrecision_isRefused() {
        assertThatThrownBy(() -> new Literal(TensorType.of(DType.FLOAT16, 1), List.of(1f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("constants are float, int64, int32 or bool, got float16");
    }
}

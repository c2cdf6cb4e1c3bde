package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UlpDistanceTest {
    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void neighboursOfSixteenBits_areOneApart(DType dtype) {
        IntToDoubleFunction values = everyPositive(dtype);
        UlpDistance ulp = UlpDistance.of(dtype);

        for (int bits = 1; Double.isFinite(values.applyAsDouble(bits)); bits++) {
            double here = values.applyAsDouble(bits);
            double before = values.applyAsDouble(bits - 1);
            assertThat(ulp.between(before, here)).as("bits %x", bits).isOne();
            assertThat(ulp.between(-here, here)).as("bits %x", bits).isEqualTo(2L * bits);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // Between 1 and its float16 neighbour 1 + 2^-10 the tie goes to the even 1.
        "FLOAT16, 1.00048828125, 1, 0",
        "FLOAT16, 1.0006, 1, 1",
        // 65520 and more is infinity, the step after 65504.
        "FLOAT16, 65519, 65504, 0",
        "FLOAT16, 65520, 65504, 1",
        "FLOAT16, 1e9, 65504, 1",
        "BFLOAT16, 1.0078125, 1, 1",
        "FLOAT32, 0, -0.0, 0",
        "FLOAT32, 1e-45, -1e-45, 2",
        "FLOAT32, 1e300, 3.4028234663852886e38, 1",
        "FLOAT64, 1e308, -1e308, 9223372036854775807",
        "FLOAT64, 4.9e-324, 0, 1",
        "INT64, 7, -3, 10",
        "BOOL, 0, 1, 1"
    })
    void valuesAreRoundedFirst(DType dtype, double expected, double actual, long distance) {
        assertThat(UlpDistance.of(dtype).between(expected, actual)).isEqualTo(distance);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "2, 2",
        "3, 3-4",
        "4, 3-4",
        "5, 5-8",
        "8, 5-8",
        "9, 9-16",
        "65536, 32769-65536",
        "65537, more",
        "9223372036854775807, more"
    })
    void bins_areNamedByTheirDistances(long distance, String label) {
        assertThat(UlpHistogram.label(UlpHistogram.bin(distance))).isEqualTo(label);
    }

    private static IntToDoubleFunction everyPositive(DType dtype) {
        ByteBuffer bytes = ByteBuffer.allocate(2 << 15).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 1 << 15; bits++) {
            bytes.putShort((short) bits);
        }
        return HostTensor.of(dtype, bytes.flip(), 1 << 15).values();
    }
}

package dev.heddle.models.weight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class SmallFloatTest {

    @ParameterizedTest
    @CsvSource({
        "0.0, 0000",
        "-0.0, 8000",
        "1.0, 3c00",
        "-2.0, c000",
        "65504.0, 7bff",
        "0.333251953125, 3555",
        // Halfway between two neighbours: to the even one, here down and there up.
        "1.00048828125, 3c00",
        "1.00146484375, 3c02",
        "1.000488281250001, 3c01",
        // A carry out of the fraction.
        "2047.5, 6800",
        // The largest number and the point from which on it is infinity.
        "65519.999, 7bff",
        "65520.0, 7c00",
        "1e300, 7c00",
        "-1e300, fc00",
        "Infinity, 7c00",
        "-Infinity, fc00",
        // The smallest normal number, the largest and the smallest subnormal one, and halves of it.
        "6.103515625e-5, 0400",
        "6.097555160522461e-5, 03ff",
        "6.1005353927612305e-5, 0400",
        "5.960464477539063e-8, 0001",
        "2.9802322387695312e-8, 0000",
        "2.98023223876954e-8, 0001",
        "8.940696716308594e-8, 0002",
        "1e-300, 0000",
        "-4.9e-324, 8000",
    })
    void float16_isRoundedToTheNearestEven(double value, String bits) {
        assertThat(hex(SmallFloat.FLOAT16.encode(value))).isEqualTo(bits);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0, 0000",
        "-0.0, 8000",
        "1.0, 3f80",
        "1.00390625, 3f80",
        "1.01171875, 3f82",
        // Just above a tie; a detour through float32 would land on the tie and go down.
        "1.00390625000001, 3f81",
        "3.3895313892515355e38, 7f7f",
        "3.4e38, 7f80",
        "1.1754943508222875e-38, 0080",
        "9.183549615799121e-41, 0001",
        "4.5917748078995606e-41, 0000",
        "4.5917748078996e-41, 0001",
        "Infinity, 7f80",
        "-Infinity, ff80",
    })
    void bfloat16_isRoundedToTheNearestEven(double value, String bits) {
        assertThat(hex(SmallFloat.BFLOAT16.encode(value))).isEqualTo(bits);
    }

    @ParameterizedTest
    @EnumSource
    void nan_staysNan(SmallFloat format) {
        assertThat(format.decode(format.encode(Double.NaN))).isNaN();
    }

    @ParameterizedTest
    @EnumSource
    void everyNumberOfTheFormat_survivesTheRoundTrip(SmallFloat format) {
        assertThat(IntStream.rangeClosed(Short.MIN_VALUE, Short.MAX_VALUE)
                        .filter(bits -> !Double.isNaN(format.decode((short) bits)))
                        .filter(bits -> format.encode(format.decode((short) bits)) != (short) bits))
                .isEmpty();
    }

    /** The nearest of all numbers of the format, found by looking at each neighbour. */
    @ParameterizedTest
    @EnumSource
    void encode_betweenTwoNeighbours_takesTheNearerOne(SmallFloat format) {
        int infinity = format.encode(Double.POSITIVE_INFINITY);

        assertThat(IntStream.range(0, infinity - 1).filter(bits -> {
                    double low = format.decode((short) bits);
                    double high = format.decode((short) (bits + 1));
                    double middle = low + (high - low) / 2;
                    int even = bits % 2 == 0 ? bits : bits + 1;
                    return format.encode(Math.nextDown(middle)) != bits
                            || format.encode(middle) != even
                            || format.encode(Math.nextUp(middle)) != bits + 1;
                }))
                .isEmpty();
    }

    @Test
    void bfloat16_isTheUpperHalfOfAFloat32() {
        assertThat(SmallFloat.BFLOAT16.decode((short) 0x4049)).isEqualTo(Float.intBitsToFloat(0x40490000));
        assertThat(SmallFloat.BFLOAT16.decode((short) 0x8001)).isEqualTo(Float.intBitsToFloat(0x80010000));
    }

    private static String hex(short bits) {
        return String.format("%04x", bits & 0xFFFF);
    }
}

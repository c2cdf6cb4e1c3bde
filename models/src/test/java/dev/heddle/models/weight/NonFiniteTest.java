package dev.heddle.models.weight;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NonFiniteTest {

    /** Longer than a piece, and odd. */
    private static final int COUNT = 40_001;

    /** All bits are random, so that every exponent comes up. */
    private static ByteBuffer random(int seed) {
        byte[] bytes = new byte[COUNT * Integer.BYTES];
        new Random(seed).nextBytes(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void floats_areThoseThatJavaCallsNonFinite(int seed) {
        ByteBuffer buffer = random(seed);
        int expected = 0;
        for (int i = 0; i < COUNT; i++) {
            expected += Float.isFinite(buffer.getFloat(i * Float.BYTES)) ? 0 : 1;
        }

        assertThat(expected).isGreaterThan(50);
        assertThat(NonFinite.floats(buffer, COUNT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void doubles_areThoseThatJavaCallsNonFinite(int seed) {
        ByteBuffer buffer = random(seed);
        int count = COUNT / 2;
        buffer.putDouble(8 * (count - 1), Double.NaN).putDouble(8 * 7, Double.NEGATIVE_INFINITY);
        int expected = 0;
        for (int i = 0; i < count; i++) {
            expected += Double.isFinite(buffer.getDouble(i * Double.BYTES)) ? 0 : 1;
        }

        assertThat(expected).isGreaterThan(2);
        assertThat(NonFinite.doubles(buffer, count)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x7C00, 0x7F80})
    void shorts_ofEveryBitPattern_areThoseWithAFullExponent(int exponent) {
        int all = 1 << Short.SIZE;
        ByteBuffer buffer = ByteBuffer.allocate((all + 1) * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int expected = 0;
        for (int bits = 0; bits < all; bits++) {
            buffer.putShort((short) bits);
            expected += (bits & exponent) == exponent ? 1 : 0;
        }
        buffer.putShort((short) exponent);

        assertThat(NonFinite.shorts(buffer, all, exponent)).isEqualTo(expected);
        assertThat(NonFinite.shorts(buffer, all + 1, exponent)).isEqualTo(expected + 1);
        assertThat(NonFinite.shorts(buffer, exponent, exponent)).isZero();
        assertThat(NonFinite.shorts(buffer, exponent + 1, exponent)).isEqualTo(1);
    }
}

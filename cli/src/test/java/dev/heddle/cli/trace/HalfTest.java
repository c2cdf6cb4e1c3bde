package dev.heddle.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.platform.Fp16Conversions;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against ONNX Runtime's conversions. */
final class HalfTest {

    @Test
    void everyFloat16_isReadAndWrittenAsItIs() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            double value = Half.toDouble((short) bits);

            assertThat(Double.valueOf(value)).isEqualTo(Double.valueOf(Fp16Conversions.fp16ToFloat((short) bits)));
            if (!Double.isNaN(value)) {
                assertThat(Half.toFloat16(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void floats_areRoundedToTheNearest() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (!Float.isNaN(value)) {
                assertThat(Half.toFloat16(value)).isEqualTo(Fp16Conversions.floatToFp16(value));
                assertThat(Half.toBfloat16(value)).isEqualTo(Fp16Conversions.floatToBf16(value));
            }
        }
    }

    /** A float between would be rounded a second time. */
    @ParameterizedTest
    @CsvSource({"1.00048828125, 3c00", "1.0004882812500002, 3c01", "65519.999999, 7bff", "65520, 7c00", "-0.0, 8000"})
    void doubles_areRoundedOnce(double value, String bits) {
        assertThat(Integer.toHexString(Half.toFloat16(value) & 0xffff)).isEqualTo(bits);
    }

    @Test
    void nan_staysOne() {
        assertThat(Half.toDouble(Half.toFloat16(Double.NaN))).isNaN();
        assertThat(Fp16Conversions.bf16ToFloat(Half.toBfloat16(Double.NaN))).isNaN();
    }
}

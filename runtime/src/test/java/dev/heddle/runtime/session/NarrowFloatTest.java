package dev.heddle.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NarrowFloatTest {

    @Test
    void bits_areRoundedToTheNearest() {
        assertThat(NarrowFloat.bits(DType.FLOAT16, -1.0004)).isEqualTo((short) 0xBC00);
        assertThat(NarrowFloat.bits(DType.FLOAT16, 1.0008)).isEqualTo((short) 0x3C01);
        assertThat(NarrowFloat.bits(DType.BFLOAT16, 1.006)).isEqualTo((short) 0x3F81);
    }

    @Test
    void otherTypes_areRefused() {
        assertThatThrownBy(() -> NarrowFloat.bits(DType.FLOAT32, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected float16 or bfloat16, got float32");
    }
}

package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class DepthTest {

    @Test
    void depthBelowOne_isRefused() {
        assertThatThrownBy(() -> Depth.nodes(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a depth must be at least 1 and no more than its roundings, got 0 and 0.0");
        assertThatThrownBy(() -> new Depth(3, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a depth must be at least 1 and no more than its roundings, got 3 and NaN");
    }

    @Test
    void enlargedErrors_areAllowedMore() {
        double plain = ToleranceTable.values(Precision.FLOAT32, Depth.nodes(4))
                .perValue()
                .absolute();
        double enlarged = ToleranceTable.values(Precision.FLOAT32, new Depth(4, 400))
                .perValue()
                .absolute();

        assertThat(enlarged).isEqualTo(10 * plain);
    }
}

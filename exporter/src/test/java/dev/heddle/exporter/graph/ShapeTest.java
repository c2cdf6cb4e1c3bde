package dev.heddle.exporter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ShapeTest {

    private static final Shape MIXED = Shape.of(Dim.of("batch"), Dim.of(4));

    @Test
    void axis_belowZero_countsFromTheEnd() {
        assertThat(MIXED.dim(-1)).isEqualTo(Dim.of(4));
        assertThat(MIXED.with(-2, Dim.of(2))).isEqualTo(Shape.of(2, 4));
    }

    @Test
    void elements_ofAScalar_areOne() {
        assertThat(Shape.SCALAR.elements()).isEqualTo(1);
        assertThat(Shape.of(2, 0, 3).elements()).isZero();
    }

    @Test
    void lengths_ofASymbolicShape_areRefused() {
        assertThatThrownBy(MIXED::lengths)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("shape [batch,4] has a symbolic axis");
    }

    @Test
    void elements_thatDoNotFitALong_areRefused() {
        Shape huge = Shape.of(1L << 40, 1L << 40);

        assertThatThrownBy(huge::elements).isInstanceOf(ArithmeticException.class);
    }
}

package dev.heddle.models.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DoubleTensorTest {

    private static DoubleTensor counting(int... shape) {
        int elements = IntStream.of(shape).reduce(1, Math::multiplyExact);
        return new DoubleTensor(
                shape, IntStream.range(0, elements).asDoubleStream().toArray());
    }

    @Test
    void splitHeads_movesTheHeadsBeforeTheRows() {
        DoubleTensor split = counting(1, 2, 6).splitHeads(3);

        assertThat(split.shape()).containsExactly(1, 3, 2, 2);
        assertThat(split.data()).containsExactly(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11);
    }

    @Test
    void joinHeads_undoesSplitHeads() {
        DoubleTensor tensor = counting(2, 3, 8);

        assertThat(tensor.splitHeads(4).joinHeads().data()).isEqualTo(tensor.data());
    }

    @Test
    void appendRows_joinsEachBlock() {
        DoubleTensor both = counting(2, 1, 2).appendRows(counting(2, 2, 2));

        assertThat(both.shape()).containsExactly(2, 3, 2);
        assertThat(both.data()).containsExactly(0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void lastRows_keepsTheEndOfEachBlock() {
        assertThat(counting(2, 3, 1).lastRows(2).data()).containsExactly(1, 2, 4, 5);
        assertThat(counting(2, 3, 1).lastRows(7).shape()).containsExactly(2, 3, 1);
    }

    @Test
    void rowsAndElements_areFoundByIndex() {
        assertThat(counting(2, 3, 4).row(1, 2)).containsExactly(20, 21, 22, 23);
        assertThat(counting(2, 3, 4).at(1, 0, 3)).isEqualTo(15);
    }

    @Test
    void shapeAndData_thatDisagree_areRefused() {
        assertThatThrownBy(() -> new DoubleTensor(new int[] {2, 3}, new double[5]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape [2, 3] has 6 elements, got 5");
    }
}

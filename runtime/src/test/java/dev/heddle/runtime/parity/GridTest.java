package dev.heddle.runtime.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GridTest {
    @Test
    void largeMatrix_keepsItsOutlier() {
        Grid grid = Grid.of(1000, 300, (row, column) -> row == 999 && column == 150 ? 7 : 1);

        assertThat(grid.rows()).isEqualTo(Grid.MOST);
        assertThat(grid.columns()).isEqualTo(Grid.MOST);
        assertThat(grid.at(95, 48)).isEqualTo(7);
        assertThat(grid.at(95, 47)).isEqualTo(1);
        assertThat(grid.largest()).isEqualTo(7);
        assertThat(grid.fullRows()).isEqualTo(1000);
    }

    @Test
    void nan_winsItsBlockAndIsNotTheLargest() {
        Grid grid = Grid.of(200, 1, (row, column) -> row == 1 ? Double.NaN : row);

        assertThat(grid.at(0, 0)).isNaN();
        assertThat(grid.at(1, 0)).isEqualTo(4);
        assertThat(grid.largest()).isEqualTo(199);
    }

    @Test
    void emptyMatrix_isRefused() {
        assertThatThrownBy(() -> Grid.of(0, 3, (row, column) -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a matrix with a value, got [0, 3]");
    }
}

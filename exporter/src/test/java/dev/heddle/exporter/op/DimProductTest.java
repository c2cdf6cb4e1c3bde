package dev.heddle.exporter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.Dim;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class DimProductTest {

    private static DimProduct product(String... dims) {
        return DimProduct.of(Arrays.stream(dims).map(Dim::parse).toList());
    }

    @Test
    void products_thatAreZero_areEqual() {
        assertThat(product("0", "batch")).isEqualTo(product("0")).isEqualTo(product("q_len", "0", "4"));
    }

    @Test
    void division_thatComesOutUneven_isEmpty() {
        assertThat(product("6").dividedBy(product("4"))).isEmpty();
        assertThat(product("batch").dividedBy(product("q_len"))).isEmpty();
        assertThat(product("batch").dividedBy(product("0"))).isEmpty();
    }

    @Test
    void division_byAFactor_leavesTheRest() {
        assertThat(product("batch", "2*rows", "6").dividedBy(product("4", "batch")))
                .contains(Dim.parse("3*rows"));
    }
}

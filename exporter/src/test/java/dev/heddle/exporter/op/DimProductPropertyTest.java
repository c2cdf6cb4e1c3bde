package dev.heddle.exporter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class DimProductPropertyTest {

    @Provide
    Arbitrary<List<Dim>> shapes() {
        return Arbitraries.of("batch", "q_len", "past_len + q_len", "2*q_len + 2", "1", "3", "8", "4*batch*q_len")
                .map(Dim::parse)
                .list()
                .ofMaxSize(5);
    }

    @Property
    void product_doesNotDependOnTheOrder(@ForAll("shapes") List<Dim> shape) {
        List<Dim> reversed = new ArrayList<>(shape);
        Collections.reverse(reversed);

        assertThat(DimProduct.of(reversed)).isEqualTo(DimProduct.of(shape));
    }

    @Property
    void product_ofTwoAxes_isTheProductOfOne(@ForAll("shapes") List<Dim> shape) {
        Dim whole = shape.stream().reduce(Dim.of(1), Dim::times);

        assertThat(DimProduct.of(List.of(whole))).isEqualTo(DimProduct.of(shape));
    }

    @Property
    void division_undoesMultiplication(@ForAll("shapes") List<Dim> a, @ForAll("shapes") List<Dim> b) {
        List<Dim> both = new ArrayList<>(a);
        both.addAll(b);

        Dim quotient = DimProduct.of(both).dividedBy(DimProduct.of(b)).orElseThrow();

        assertThat(DimProduct.of(List.of(quotient))).isEqualTo(DimProduct.of(a));
    }
}

package dev.heddle.exporter.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class DimPropertyTest {

    @Provide
    Arbitrary<Dim> linear() {
        Arbitrary<String> symbols = Arbitraries.of("batch", "q_len", "past_len", "min(2, q_len)", "a.b");
        Arbitrary<Long> coefficients = Arbitraries.longs().between(-9, 9);
        return Arbitraries.maps(symbols, coefficients)
                .ofMaxSize(3)
                .flatMap(terms -> coefficients.map(constant -> new Dim(new TreeMap<>(terms), constant)));
    }

    @Provide
    Arbitrary<Dim> dims() {
        return Combinators.combine(linear(), linear()).as(Dim::times).flatMap(product -> linear().map(product::plus));
    }

    @Property
    void text_readBack_isTheSame(@ForAll("dims") Dim dim) {
        assertThat(Dim.parse(dim.toString())).isEqualTo(dim);
    }

    @Property
    void difference_ofASum_isTheOther(@ForAll("dims") Dim a, @ForAll("dims") Dim b) {
        assertThat(a.plus(b).minus(b)).isEqualTo(a);
    }

    @Property
    void sum_andProduct_doNotDependOnTheOrder(@ForAll("dims") Dim a, @ForAll("dims") Dim b) {
        assertThat(a.plus(b)).isEqualTo(b.plus(a));
        assertThat(a.times(b)).isEqualTo(b.times(a));
    }

    @Property
    void product_doesNotDependOnTheGrouping(@ForAll("linear") Dim a, @ForAll("linear") Dim b, @ForAll("linear") Dim c) {
        assertThat(a.times(b).times(c)).isEqualTo(a.times(b.times(c)));
    }

    @Property
    void product_ofContentAndFactors_isTheDim(@ForAll("dims") Dim dim) {
        Dim product = dim.factors().stream().reduce(Dim.of(1), Dim::times);

        assertThat(product.times(dim.content())).isEqualTo(dim);
    }
}

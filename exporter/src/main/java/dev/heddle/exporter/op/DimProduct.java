package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Number of elements of a partly symbolic shape: a number times factors, each a dim that is not a number; no factors if it is 0. */
record DimProduct(long constant, List<String> factors) {

    static DimProduct of(List<Dim> dims) {
        long constant = 1;
        List<String> factors = new ArrayList<>();
        for (Dim dim : dims) {
            constant = Math.multiplyExact(constant, dim.content());
            dim.factors().forEach(factor -> factors.add(factor.toString()));
        }
        factors.sort(String::compareTo);
        return new DimProduct(constant, constant == 0 ? List.of() : List.copyOf(factors));
    }

    /** The one dim that this is when divided; empty if the division does not come out even. */
    Optional<Dim> dividedBy(DimProduct other) {
        List<String> remaining = new ArrayList<>(factors);
        for (String factor : other.factors) {
            if (!remaining.remove(factor)) {
                return Optional.empty();
            }
        }
        if (other.constant == 0 || constant % other.constant != 0) {
            return Optional.empty();
        }
        Dim quotient = Dim.of(1);
        for (String factor : remaining) {
            quotient = quotient.times(Dim.parse(factor));
        }
        return Optional.of(quotient.times(constant / other.constant));
    }
}

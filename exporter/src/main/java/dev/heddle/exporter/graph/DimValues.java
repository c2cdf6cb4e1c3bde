package dev.heddle.exporter.graph;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Lengths for the symbols of dims.
 *
 * @param symbols gives a symbol's length, if it is known
 */
public record DimValues(Function<String, OptionalLong> symbols) {

    private static final String MIN = "min(";

    /** The dim's length; empty if one of its symbols is not known. */
    public OptionalLong of(Dim dim) {
        long sum = dim.constant();
        for (String symbol : dim.terms().keySet()) {
            OptionalLong value = symbol(symbol);
            if (value.isEmpty()) {
                return value;
            }
            long term = Math.multiplyExact(
                    value.getAsLong(), dim.terms().getOrDefault(symbol, 0L).longValue());
            sum = Math.addExact(sum, term);
        }
        return OptionalLong.of(sum);
    }

    /** Number of elements; empty if an axis is not known. */
    public OptionalLong of(Shape shape) {
        return product(shape.dims());
    }

    private OptionalLong product(List<Dim> dims) {
        long product = 1;
        for (Dim dim : dims) {
            OptionalLong value = of(dim);
            if (value.isEmpty()) {
                return value;
            }
            product = Math.multiplyExact(product, value.getAsLong());
        }
        return OptionalLong.of(product);
    }

    private OptionalLong symbol(String symbol) {
        OptionalLong known = symbols.apply(symbol);
        if (known.isPresent()) {
            return known;
        }
        if (symbol.startsWith(MIN) && symbol.endsWith(")")) {
            return min(symbol.substring(MIN.length(), symbol.length() - 1));
        }
        List<String> factors = DimExpression.factors(symbol);
        return factors.size() < 2
                ? known
                : product(factors.stream().map(Dim::parse).toList());
    }

    /** Of two dims, as {@link Dim#min} writes them. */
    private OptionalLong min(String text) {
        OptionalLong least = OptionalLong.empty();
        for (String side : DimExpression.sides(text)) {
            OptionalLong value = of(Dim.parse(side));
            if (value.isEmpty()) {
                return value;
            }
            least = OptionalLong.of(
                    least.isEmpty() ? value.getAsLong() : Math.min(least.getAsLong(), value.getAsLong()));
        }
        return least;
    }
}

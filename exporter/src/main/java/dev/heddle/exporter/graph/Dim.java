package dev.heddle.exporter.graph;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Length of one axis: a linear combination of symbols plus a constant, for instance {@code past_len + q_len} or {@code 64}.
 *
 * <p>Two dims are equal exactly if they have the same terms, so shape checks on symbolic shapes need no solver. What is not linear becomes a
 * symbol named by its expression ({@code batch*q_len}, {@code min(10, rows)}).
 *
 * @param terms symbol to coefficient, without zeros, in name order
 */
public record Dim(SortedMap<String, Long> terms, long constant) {

    public Dim {
        SortedMap<String, Long> copy = new TreeMap<>(terms);
        copy.values().removeIf(coefficient -> coefficient == 0);
        terms = Collections.unmodifiableSortedMap(copy);
    }

    public static Dim of(long length) {
        return new Dim(Collections.emptySortedMap(), length);
    }

    public static Dim of(String symbol) {
        if (symbol.isBlank()) {
            throw new IllegalArgumentException("a symbolic dim needs a name, got an empty one");
        }
        return new Dim(new TreeMap<>(Map.of(symbol, 1L)), 0);
    }

    /** Reads what {@link #toString} writes; text that is not linear becomes one symbol. */
    public static Dim parse(String text) {
        return DimExpression.parse(text);
    }

    /** The length, if no symbol is in it. */
    public OptionalLong fixed() {
        return terms.isEmpty() ? OptionalLong.of(constant) : OptionalLong.empty();
    }

    public boolean isFixed() {
        return terms.isEmpty();
    }

    public boolean is(long length) {
        return terms.isEmpty() && constant == length;
    }

    public Dim plus(Dim other) {
        SortedMap<String, Long> sum = new TreeMap<>(terms);
        other.terms.forEach((symbol, coefficient) -> sum.merge(symbol, coefficient, Long::sum));
        return new Dim(sum, Math.addExact(constant, other.constant));
    }

    public Dim minus(Dim other) {
        return plus(other.times(-1));
    }

    public Dim times(long factor) {
        SortedMap<String, Long> product = new TreeMap<>();
        terms.forEach((symbol, coefficient) -> product.put(symbol, Math.multiplyExact(coefficient, factor)));
        return new Dim(product, Math.multiplyExact(constant, factor));
    }

    /** The product; symbolic factors are written in one order, so that it does not matter which comes first. */
    public Dim times(Dim other) {
        if (isFixed() || other.isFixed()) {
            return isFixed() ? other.times(constant) : times(other.constant);
        }
        String product = Stream.concat(factors().stream(), other.factors().stream())
                .map(Dim::factor)
                .sorted()
                .collect(Collectors.joining("*"));
        return Dim.of(product).times(Math.multiplyExact(content(), other.content()));
    }

    /** The greatest number that divides this, with the sign of the first term; the number itself if there are no symbols. */
    public long content() {
        if (isFixed()) {
            return constant;
        }
        long divisor = Math.abs(constant);
        for (long coefficient : terms.values()) {
            divisor = gcd(divisor, Math.abs(coefficient));
        }
        return terms.values().iterator().next() < 0 ? -divisor : divisor;
    }

    /** What this is the product of, next to {@link #content}: one dim, unless {@link #times(Dim)} made it; none for a number. */
    public List<Dim> factors() {
        if (isFixed()) {
            return List.of();
        }
        long content = content();
        SortedMap<String, Long> primitive = new TreeMap<>(terms);
        primitive.replaceAll((symbol, coefficient) -> coefficient / content);
        Dim rest = new Dim(primitive, constant / content);
        return rest.isSymbol()
                ? DimExpression.factors(rest.terms.firstKey()).stream()
                        .map(Dim::parse)
                        .toList()
                : List.of(rest);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** The smaller of the two; symbolic unless both are fixed. */
    public static Dim min(Dim a, Dim b) {
        if (a.equals(b)) {
            return a;
        }
        if (a.isFixed() && b.isFixed()) {
            return a.constant <= b.constant ? a : b;
        }
        String first = a.toString();
        String second = b.toString();
        boolean ordered = first.compareTo(second) < 0;
        return Dim.of("min(" + (ordered ? first : second) + ", " + (ordered ? second : first) + ")");
    }

    /** True if no value of the symbols (each at least 0) can make this positive; used to recognise offsets counted from the end. */
    public boolean isNeverPositive() {
        return constant <= 0 && terms.values().stream().allMatch(coefficient -> coefficient < 0);
    }

    private boolean isSymbol() {
        return constant == 0 && terms.size() == 1 && terms.values().iterator().next() == 1;
    }

    private String factor() {
        return isSymbol() && DimExpression.isAtom(terms.firstKey()) ? terms.firstKey() : "(" + this + ")";
    }

    /** As written into {@code dim_param}, for instance {@code past_len + q_len - 1}. */
    @Override
    public String toString() {
        if (terms.isEmpty()) {
            return Long.toString(constant);
        }
        String text = terms.entrySet().stream()
                .map(term -> signed(term.getValue(), term.getKey()))
                .collect(Collectors.joining());
        if (constant != 0) {
            text += (constant < 0 ? " - " : " + ") + Math.abs(constant);
        }
        return text.startsWith(" + ") ? text.substring(3) : "-" + text.substring(3);
    }

    private static String signed(long coefficient, String symbol) {
        String magnitude = Math.abs(coefficient) == 1 ? "" : Math.abs(coefficient) + "*";
        return (coefficient < 0 ? " - " : " + ") + magnitude + symbol;
    }
}

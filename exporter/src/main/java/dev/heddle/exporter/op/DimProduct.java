package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Number of elements of a partly symbolic shape: a constant times factors, each a dim that is not a number. Factors that differ by a constant only are split, so
 * that {@code 2*rows} is 2 times {@code rows}.
 */
record DimProduct(long constant, List<String> factors) {

    static DimProduct of(List<Dim> dims) {
        long constant = 1;
        List<String> factors = new ArrayList<>();
        for (Dim dim : dims) {
            long common = content(dim);
            constant = Math.multiplyExact(constant, common);
            if (!dim.isFixed()) {
                factors.addAll(split(divided(dim, common).toString()));
            }
        }
        factors.sort(String::compareTo);
        return new DimProduct(constant, List.copyOf(factors));
    }

    /** Greatest common divisor of a dim's coefficients; the number itself for a fixed one. */
    private static long content(Dim dim) {
        long divisor = Math.abs(dim.constant());
        for (long coefficient : dim.terms().values()) {
            divisor = gcd(divisor, Math.abs(coefficient));
        }
        return dim.isFixed() ? dim.constant() : divisor;
    }

    private static Dim divided(Dim dim, long divisor) {
        TreeMap<String, Long> terms = new TreeMap<>();
        dim.terms().forEach((symbol, coefficient) -> terms.put(symbol, coefficient / divisor));
        return new Dim(terms, dim.constant() / divisor);
    }

    /** The factors of a product's name, as {@link Dim#times(Dim)} writes it: {@code (a + b)*c}. */
    private static List<String> split(String product) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= product.length(); i++) {
            char c = i == product.length() ? '*' : product.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == '*' && depth == 0) {
                String part = product.substring(start, i);
                boolean wrapped = part.startsWith("(") && part.endsWith(")");
                parts.add(wrapped ? part.substring(1, part.length() - 1) : part);
                start = i + 1;
            }
        }
        // A sum such as "a*b + c" is no product: its parts would not multiply to it.
        return parts.stream().anyMatch(part -> part.contains(" ") && !product.contains("(" + part + ")"))
                ? List.of(product)
                : parts;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
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

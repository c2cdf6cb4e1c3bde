package dev.heddle.runtime.parity;

import java.util.List;

/** What comparing two tensors of one name gave. Made by {@link TensorComparer}. */
public sealed interface TensorComparison {
    String name();

    /** Nodes between the inputs and the tensor; 0 if nobody said. */
    int depth();

    /** The largest error as a part of what is allowed: up to 1 passes. */
    double severity();

    default boolean passed() {
        return severity() <= 1;
    }

    /** The result on one line. */
    String line();

    /**
     * Tensors of one shape, compared value by value.
     *
     * @param shape of both
     * @param bound sized for the largest expected value
     * @param logits {@link LogitAgreement#NONE} unless they are logits
     * @param worst pairs, worst first; at least one
     */
    record Values(
            String name,
            int depth,
            List<Long> shape,
            Bound bound,
            ErrorStatistics errors,
            LogitAgreement logits,
            List<WorstElement> worst)
            implements TensorComparison {
        public Values {
            shape = List.copyOf(shape);
            worst = List.copyOf(worst);
        }

        /** What was measured and what is allowed. */
        public Bound.Reach reach() {
            return bound.reach(errors);
        }

        @Override
        public double severity() {
            return reach().part();
        }

        @Override
        public String line() {
            WorstElement first = worst.get(0);
            String error = Figures.error(first.error());
            if (!passed()) {
                return bound instanceof Bound.EachValue
                        ? "%s: %d of %d differ, %s (abs %s > %s)"
                                .formatted(name, errors.outside(), errors.count(), first, error, bound)
                        : "%s: not within %s, %s (abs %s)%s".formatted(name, bound, first, error, choices());
            }
            return "%s: %d within %s, %s (abs %s), cosine %.9f%s"
                    .formatted(name, errors.count(), bound, first, error, errors.cosine(), choices());
        }

        private String choices() {
            return logits.rows() == 0 ? "" : ", " + logits.argmax();
        }
    }

    /** Tensors without a value; equal if their shapes are. */
    record Empty(String name) implements TensorComparison {
        @Override
        public int depth() {
            return 0;
        }

        @Override
        public double severity() {
            return 0;
        }

        @Override
        public String line() {
            return name + ": no values";
        }
    }

    /** Tensors that cannot be compared value by value, or of which there is only one. */
    record Incomparable(String name, String expected, String actual) implements TensorComparison {
        @Override
        public int depth() {
            return 0;
        }

        @Override
        public double severity() {
            return Double.POSITIVE_INFINITY;
        }

        @Override
        public String line() {
            return "%s: expected %s, got %s".formatted(name, expected, actual);
        }
    }
}

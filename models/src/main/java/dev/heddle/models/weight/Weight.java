package dev.heddle.models.weight;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;

/**
 * Where a weight of the model comes from, as data: read by the exporter, by the reference and on the way back to the source's layout.
 *
 * <p>{@link #name} is the initializer's name: the stored tensor's, plus a suffix for each change of layout.
 */
public sealed interface Weight {

    String name();

    /** Fixed axis lengths. */
    Shape shape();

    /** The tensor of the checkpoint that this is made of. */
    Stored stored();

    /** A tensor of the checkpoint as it is. */
    record Stored(String name, Shape shape) implements Weight {
        @Override
        public Stored stored() {
            return this;
        }
    }

    /** Made of another weight, and so of its stored tensor. */
    sealed interface Derived extends Weight {
        Weight of();

        @Override
        default Stored stored() {
            return of().stored();
        }
    }

    /**
     * Rows {@code from} (inclusive) to {@code to} (exclusive) of the first axis.
     *
     * @param label what the rows are, for the name: {@code q}, {@code k}, {@code v}
     */
    record Rows(Weight of, String label, long from, long to) implements Derived {
        public Rows {
            long rows = of.shape().lengths()[0];
            if (from < 0 || from >= to || to > rows) {
                throw new IllegalArgumentException(
                        "rows " + from + " to " + to + " of " + of.name() + " do not lie in its " + rows + " rows");
            }
        }

        @Override
        public String name() {
            return of.name() + "_" + label;
        }

        @Override
        public Shape shape() {
            long[] lengths = of.shape().lengths();
            lengths[0] = to - from;
            return Shape.of(lengths);
        }
    }

    /** The same elements in the same order under another shape; keeps the name. */
    record Reshaped(Weight of, Shape shape) implements Derived {
        public Reshaped {
            if (of.shape().elements() != shape.elements()) {
                throw new IllegalArgumentException(of.name() + " of shape " + of.shape() + " cannot become " + shape);
            }
        }

        @Override
        public String name() {
            return of.name();
        }
    }

    /** The last two axes swapped. */
    record Transposed(Weight of) implements Derived {
        public Transposed {
            if (of.shape().rank() < 2) {
                throw new IllegalArgumentException("only a weight of rank 2 or more can be transposed, got " + of.name()
                        + " of shape " + of.shape());
            }
        }

        @Override
        public String name() {
            return of.name() + "_t";
        }

        @Override
        public Shape shape() {
            Shape shape = of.shape();
            return shape.with(-1, shape.dim(-2)).with(-2, shape.dim(-1));
        }
    }

    /** Each row of a matrix divided by its L2 norm (at least 1e-12), in float64: Baichuan's NormHead. */
    record UnitRows(Weight of) implements Derived {
        public UnitRows {
            if (of.shape().rank() != 2) {
                throw new IllegalArgumentException(
                        "only a matrix has rows to normalise, got " + of.name() + " of shape " + of.shape());
            }
        }

        @Override
        public String name() {
            return of.name() + "_unit";
        }

        @Override
        public Shape shape() {
            return of.shape();
        }
    }

    /**
     * The values that are left of a matrix whose rows are cut into blocks of few bits: what codes, scales and zero points stand for.
     *
     * @throws IllegalArgumentException if a row is no whole number of blocks
     */
    record Quantized(Weight of, BlockFormat format) implements Derived {
        public Quantized {
            long[] lengths = of.shape().lengths();
            if (lengths.length != 2 || lengths[1] % format.block() != 0) {
                throw new IllegalArgumentException("tensor " + of.name() + ": expected rows of a multiple of "
                        + format.block() + " elements, the block, got shape " + of.shape()
                        + "; choose another --block, or leave it as it is with --exclude '"
                        + of.stored().name() + "'");
            }
        }

        @Override
        public String name() {
            return of.name() + "_q" + format.bits();
        }

        @Override
        public Shape shape() {
            return of.shape();
        }
    }

    /** One of the tensors in which quantised values are stored. */
    record Part(Quantized of, BlockPart part, BlockLayout layout) implements Derived {

        @Override
        public String name() {
            return of.name() + part.suffix();
        }

        @Override
        public Shape shape() {
            long[] lengths = of.shape().lengths();
            return layout.shape(part, of.format(), lengths[0], lengths[1]);
        }

        /** Element type in the file. */
        public DType dtype() {
            return layout.dtype(part, of.format());
        }
    }

    /**
     * The same values as the quantised weight has, read from the parts that a model stores: the way back from {@link Part}.
     *
     * @param layout in which the parts lie
     */
    record Dequantized(Quantized of, BlockLayout layout) implements Derived {

        @Override
        public String name() {
            return of.name();
        }

        @Override
        public Shape shape() {
            return of.shape();
        }

        Part part(BlockPart part) {
            return new Part(of, part, layout);
        }
    }
}

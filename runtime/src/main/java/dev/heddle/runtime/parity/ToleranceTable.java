package dev.heddle.runtime.parity;

import java.util.ArrayList;
import java.util.List;

/**
 * What a model may lose in the precision it computes in, against the same model in float64. The only place of these
 * numbers; {@link #lines} prints them with their origin.
 *
 * <p>The model of the error: each operation rounds its result by at most u, the unit roundoff, and the roundings of n
 * operations one behind the other are independent, so they add up like a random walk, to u * sqrt(n) (Higham and Mary
 * 2019, A new approach to probabilistic rounding error analysis; n * u is the bound that holds always, and is far from
 * what happens). What an operation rounds besides its result (the terms of a sum, mostly) and how much it amplifies
 * the errors of its inputs are in a slack that is measured: three times the worst seen.
 *
 * <p>The absolute parts are for a largest expected value up to 1 and grow with it, see {@link Tolerance#forSize}: a sum
 * is rounded by the size of its terms, so a small value beside large ones is as inexact as they are. A caller may be
 * stricter; to be looser needs a reason.
 */
public final class ToleranceTable {
    private ToleranceTable() {}

    /**
     * One line of the table.
     *
     * @param slack of the square-root law: of nodes for rounded values, of layers for rounded blocks
     * @param most where the law ends for rounded blocks, as norms bring every layer's input back to one size
     */
    private record Row(Bound logits, double slack, double most, double tieMargin, String origin) {}

    private static Row row(Precision precision) {
        return switch (precision) {
            case FLOAT64 ->
                new Row(each(1e-9, 1e-9), 10, 1, 1e-6, "logits: sums of some thousand products; values as float32");
            case FLOAT32 ->
                new Row(
                        each(1e-5, 1e-4),
                        10,
                        1,
                        1e-2,
                        "measured, exported models of 1 to 64 layers: at most 3.3 u sqrt(nodes); logits 8e-7 to 8e-6");
            case FLOAT16 ->
                new Row(
                        each(3e-2, 1e-2),
                        6,
                        1,
                        1e-1,
                        "measured, exported samples: at most 2 u sqrt(roundings), logits 1.1e-2; simulated: at most 0.5 u sqrt(roundings)");
            case BFLOAT16 ->
                new Row(each(0.25, 5e-2), 6, 1, 5e-1, "as float16 with 8 bits; measured: logits at most 8.7e-2");
            case INT8_WEIGHTS ->
                new Row(
                        new Bound.Length(0.06),
                        5,
                        0.05,
                        5e-1,
                        "blocks of 32, simulated, 1 to 32 layers: L2 6e-3 to 1.7e-2; logits measured: at most 5e-2");
            case INT8_ACTIVATIONS ->
                new Row(
                        new Bound.Length(0.1),
                        14,
                        0.15,
                        5e-1,
                        "blocks of 32, simulated, with weights in float or 8 bits, 1 to 32 layers: L2 6e-3 to 2.4e-2; measured, samples: logits at most 5.4e-2, with int8 weights 7.7e-2, values inside 9.6e-2");
            case INT4_WEIGHTS ->
                new Row(
                        new Bound.Length(0.9),
                        5,
                        0.6,
                        1,
                        "blocks of 32, simulated, 1 to 32 layers: L2 0.11 to 0.31; logits measured: 0.59, 20 layers");
            case EXACT -> new Row(new Bound.EachValue(Tolerance.exact()), 0, 0, 0, "whole numbers are equal or wrong");
        };
    }

    /** Of the logits of a whole model, however deep. */
    public static Bound logits(Precision precision) {
        return row(precision).logits();
    }

    /** Of other outputs of a whole model, and of inner values whose depth nobody knows. */
    public static Bound outputs(Precision precision) {
        Row row = row(precision);
        return precision.roundsInBlocks() ? new Bound.Length(row.most()) : row.logits();
    }

    /**
     * Of a value inside a model: slack * u * sqrt(roundings), of the largest expected value and of each; behind rounded
     * blocks slack * u * sqrt(layers) of the length.
     */
    public static Bound values(Precision precision, Depth depth) {
        Row row = row(precision);
        double unit = row.slack() * precision.unitRoundoff();
        if (precision.roundsInBlocks()) {
            return new Bound.Length(Math.min(unit * Math.sqrt(Math.max(1, depth.layers())), row.most()));
        }
        double part = unit * Math.sqrt(depth.roundings());
        return each(part, part);
    }

    /** How close the two largest logits of a row must be for another choice to count as a tie and not as an error. */
    public static double tieMargin(Precision precision) {
        return row(precision).tieMargin();
    }

    /** The row of a precision, for people, with the origin of its numbers. */
    public static List<String> lines(Precision precision) {
        Row row = row(precision);
        List<String> lines = new ArrayList<>();
        lines.add("%s, u = %s".formatted(precision, Figures.error(precision.unitRoundoff())));
        lines.add("logits: " + perUnit(row.logits()));
        if (precision != Precision.EXACT) {
            lines.add("values: %s u sqrt(%s); after 1 layer %s; after 32 layers %s"
                    .formatted(
                            Figures.plain(row.slack()),
                            precision.roundsInBlocks() ? "layers" : "roundings",
                            perUnit(values(precision, Depth.layers(1))),
                            perUnit(values(precision, Depth.layers(32)))));
        }
        lines.add("tie margin: " + Figures.error(row.tieMargin()));
        lines.add("origin: " + row.origin());
        return lines;
    }

    /** A bound of the table before it is sized. */
    private static String perUnit(Bound bound) {
        return bound.toString().replace(" + ", "*largest + ");
    }

    private static Bound each(double absolute, double relative) {
        return new Bound.EachValue(new Tolerance(absolute, relative));
    }
}

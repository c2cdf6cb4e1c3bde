package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Call;
import dev.heddle.exporter.graph.Dim;

/** Length of a slice of a partly symbolic axis. Symbolic bounds are taken to lie inside the axis, as graphs compute them from its length. */
final class SliceLength {

    private SliceLength() {}

    static Dim of(Call call, Dim length, Dim start, Dim end) {
        boolean toTheEnd = end.isFixed() && end.constant() >= Integer.MAX_VALUE;
        if (length.isFixed() && start.isFixed() && end.isFixed()) {
            long from = bound(start.constant(), length.constant());
            long to = toTheEnd ? length.constant() : bound(end.constant(), length.constant());
            return Dim.of(Math.max(0, to - from));
        }
        if (toTheEnd) {
            return fromTheEnd(start) ? last(length, start.times(-1)) : length.minus(start);
        }
        if (fromTheEnd(start) || fromTheEnd(end)) {
            throw call.refused("a slice from " + start + " to " + end + " of an axis of length " + length
                    + " has no length that can be inferred");
        }
        return end.minus(start);
    }

    private static long bound(long index, long length) {
        return Math.max(0, Math.min(length, index < 0 ? index + length : index));
    }

    private static boolean fromTheEnd(Dim bound) {
        return !bound.is(0) && bound.isNeverPositive();
    }

    /** The last {@code count} elements; a symbolic count is part of the length by construction, a number may exceed it. */
    private static Dim last(Dim length, Dim count) {
        return count.isFixed() ? Dim.min(count, length) : count;
    }
}

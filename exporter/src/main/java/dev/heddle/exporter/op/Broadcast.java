package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Call;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** NumPy-style broadcasting, strict on symbols: two symbolic axes must be the same expression. */
final class Broadcast {

    private Broadcast() {}

    static Shape of(Call call, Shape first, Shape second) {
        List<Dim> dims = new ArrayList<>();
        for (int back = 1; back <= Math.max(first.rank(), second.rank()); back++) {
            Dim a = back <= first.rank() ? first.dim(-back) : Dim.of(1);
            Dim b = back <= second.rank() ? second.dim(-back) : Dim.of(1);
            if (!a.equals(b) && !a.is(1) && !b.is(1)) {
                throw call.refused("shapes " + first + " and " + second + " do not broadcast: " + a + " and " + b);
            }
            dims.add(a.is(1) ? b : a);
        }
        Collections.reverse(dims);
        return new Shape(dims);
    }
}

package dev.heddle.exporter.graph;

import java.util.HashSet;
import java.util.Set;

/** Hands out names that are unique in one graph or function: the plain name first, a number only on a clash ({@code context_2}). */
final class NameScope {

    private final Set<String> taken = new HashSet<>();

    String unique(String wanted) {
        String name = wanted;
        for (int number = 2; !taken.add(name); number++) {
            name = wanted + "_" + number;
        }
        return name;
    }

    /** Takes a name that must not change. */
    String exactly(String name) {
        if (!taken.add(name)) {
            throw new GraphException("the name " + name + " is taken already; it can be given only once");
        }
        return name;
    }
}

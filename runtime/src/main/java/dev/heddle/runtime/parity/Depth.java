package dev.heddle.runtime.parity;

/**
 * How many operations lie between the inputs and a value, one behind the other.
 *
 * @param nodes operations on the longest way; at least 1
 * @param roundings what they count as: an operation that enlarges the error of its input much counts as many, as the errors of n roundings add up to sqrt(n)
 */
public record Depth(int nodes, double roundings) {
    /** On the longest way through a layer of ours with its function bodies: 20 for plain attention, 42 for DIFF, 46 for MTA. */
    static final int NODES_PER_LAYER = 30;

    /** @throws IllegalArgumentException if there is not even one node, or a node counts as less than one rounding */
    public Depth {
        if (nodes < 1 || !(roundings >= nodes)) {
            throw new IllegalArgumentException(
                    "a depth must be at least 1 and no more than its roundings, got " + nodes + " and " + roundings);
        }
    }

    public static Depth nodes(int nodes) {
        return new Depth(nodes, nodes);
    }

    /** After this many decoder layers, each counted as {@value #NODES_PER_LAYER} nodes. */
    public static Depth layers(int layers) {
        return nodes(layers * NODES_PER_LAYER);
    }

    double layers() {
        return (double) nodes / NODES_PER_LAYER;
    }
}

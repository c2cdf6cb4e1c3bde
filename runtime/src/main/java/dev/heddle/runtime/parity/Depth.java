package dev.heddle.runtime.parity;

/**
 * How many operations lie between the inputs and a value, one behind the other.
 *
 * @param nodes operations on the longest way; at least 1
 */
public record Depth(int nodes) {
    /** On the longest way through a layer of ours with its function bodies: 20 for plain attention, 42 for DIFF, 46 for MTA. */
    static final int NODES_PER_LAYER = 30;

    /** @throws IllegalArgumentException if there is not even one node */
    public Depth {
        if (nodes < 1) {
            throw new IllegalArgumentException("a depth must be at least 1, got " + nodes);
        }
    }

    public static Depth nodes(int nodes) {
        return new Depth(nodes);
    }

    /** After this many decoder layers, each counted as {@value #NODES_PER_LAYER} nodes. */
    public static Depth layers(int layers) {
        return new Depth(layers * NODES_PER_LAYER);
    }

    double layers() {
        return (double) nodes / NODES_PER_LAYER;
    }
}

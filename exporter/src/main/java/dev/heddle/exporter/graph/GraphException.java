package dev.heddle.exporter.graph;

/** A graph that does not fit together, found where it is built or checked. The message has one line: where, what was expected, what came. */
public final class GraphException extends RuntimeException {

    public GraphException(String message) {
        super(message);
    }
}
